"""What `storybot tell` takes from stdin and gives to stdout where it is asked to."""

from __future__ import annotations

import argparse
import io
import os
import select
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import TextIO

from storybot.cli.output import show
from storybot.errors import Exit, StorybotError

STREAM = Path("-")  # as a file name: stdin or stdout
REQUEST_MAX_BYTES = 4096  # bytes read of a request: far more than its characters may take
PIPE_WAIT_S = 0.2  # s for a pipe that was not named with "-": it may be one that nobody writes to


def words_from(stdin: TextIO | None, words: list[str]) -> list[str]:
    """The words given, or those that come on stdin: for "-", or where there are none."""
    if words not in ([], ["-"]) or (not words and not _has_text(stdin)):
        return words
    if stdin is None:
        raise StorybotError("there is no standard input to read a request from", Exit.USAGE)
    try:
        data = stdin.buffer.read(REQUEST_MAX_BYTES + 1)  # of /dev/zero there is no end
        if len(data) > REQUEST_MAX_BYTES:
            raise StorybotError("the request on standard input is too long", Exit.USAGE)
        text = data.decode("utf-8")  # in any locale
    except UnicodeDecodeError:
        raise StorybotError("the request on standard input is not UTF-8 text", Exit.USAGE) from None
    if words and not text.strip():
        raise StorybotError("there is no request on standard input", Exit.USAGE)
    return text.split()


def _has_text(stdin: TextIO | None) -> bool:
    """Whether stdin is a file, or a pipe that somebody writes to."""
    if stdin is None:
        return False
    try:
        kind = os.fstat(stdin.fileno()).st_mode
    except (OSError, ValueError):
        return False
    if stat.S_ISREG(kind):
        return True
    return stat.S_ISFIFO(kind) and bool(select.select([stdin], [], [], PIPE_WAIT_S)[0])


def wav_to_stdout(args: argparse.Namespace, tell: Callable[[], int]) -> int:
    """`tell` with its wav written to stdout when it is whole, and the story's text to stderr."""
    if args.json:
        raise StorybotError(
            "--wav - and --json both want stdout; leave one of them out", Exit.USAGE
        )
    if sys.stdout.isatty():
        raise StorybotError(
            "--wav - writes sound, which a terminal cannot show; put > FILE or | PROGRAM behind it",
            Exit.USAGE,
        )
    try:
        held = tempfile.TemporaryDirectory(prefix="storybot-")
    except OSError as error:
        raise StorybotError(
            f"there is no folder for the sound until it is whole ({error.strerror or error}); "
            "free room there, or name another one with TMPDIR=FOLDER",
            Exit.FAULT,
        ) from None
    with held as folder:
        args.wav = Path(folder) / "story.wav"
        with redirect_stdout(sys.stderr):
            code = tell()
        if code == Exit.OK:
            with args.wav.open("rb") as wav:
                shutil.copyfileobj(wav, sys.stdout.buffer)
    return code


def story_as_json(args: argparse.Namespace, titled: bool, tell: Callable[[], int]) -> int:
    """`tell` with one line of JSON on stdout in place of the story's text."""
    with redirect_stdout(io.StringIO()) as page:
        code = tell()
    title, text = "", page.getvalue()
    if titled:
        title, _, text = text.partition("\n\n")
    if code == Exit.OK:
        show(args, {"title": title, "text": text.strip(), "seed": args.seed}, "")
    return code
