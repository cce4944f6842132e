"""The command line: finds the module of the command asked for and prints its one error."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from types import SimpleNamespace

from storybot.cli import plain
from storybot.cli.terminal import replace_what_cannot_be_shown
from storybot.errors import Exit, StorybotError
from storybot.system.home_directory import have_home

TYPE_CHECKING = False
if TYPE_CHECKING:  # see answers.py
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from storybot.config.schema import Settings

# What writing to a file, terminal or pipe fails with, beside a reader that left.
NO_OUTPUT = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)

# They speak to the running daemon, which may have other settings, or look at its stories.
UNTRIED = (
    "ask",
    "stop",
    "again",
    "volume",
    "sleep",
    "status",
    "watch",
    "library",
    "mqtt",
    "page",
    "wyoming",
    "words",
)


def run(argv: Sequence[str] | None, begin: Callable[[], None]) -> int:
    """Run one command; returns its exit code. `begin` is called when it can be interrupted."""
    replace_what_cannot_be_shown()
    have_home()
    try:
        try:
            return _command(list(sys.argv[1:] if argv is None else argv), begin)
        finally:
            if sys.stdout is not None:  # None: it was closed by whoever started this
                sys.stdout.flush()  # here at the latest a full disk shows
    except BrokenPipeError:
        # The reader closed the terminal or pipe: nobody is left to tell anything to.
        _drop_output()
        return 128 + signal.SIGPIPE
    except OSError as error:
        if error.errno not in NO_OUTPUT or error.filename is not None:
            raise
        _drop_output()
        print(f"storybot: the output cannot be written ({error.strerror})", file=sys.stderr)
        return Exit.FAULT


def _arguments(words: Sequence[str]) -> object:
    """What follows the command's name, parsed; does not return where that is wrong."""
    if words == ["run"]:  # as the box starts: a daemon needs no argparse, 0.4 MB and 20 ms
        return SimpleNamespace(config=None)
    from storybot.cli import parsers

    if words and words[0] == "help":  # what many try first
        words = [*words[1:2], "--help"]
    if not words or words[0] not in parsers.COMMANDS:
        parsers.overview().parse_args(words or ["--help"])
    return parsers.command_parser(words[0]).parse_args(words[1:])


def _command(words: list[str], begin: Callable[[], None]) -> int:
    try:
        code = plain.answered(words, begin)
        return _run(words, begin) if code is None else code
    except StorybotError as error:
        print(f"storybot: {error}", file=sys.stderr)
        return int(error.code)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return Exit.INTERRUPTED


def _run(words: list[str], begin: Callable[[], None]) -> int:
    """The command's own module."""
    args: Any = _arguments(words)
    name = words[0]
    module = importlib.import_module(f"storybot.cli.{name}")
    begin()
    if name in ("config", "run"):  # they read the files themselves
        return int(module.run(args))
    return int(module.run(args, _settings(args.config, tried=name not in UNTRIED)))


def _settings(explicit: Path | None, tried: bool) -> Settings:
    """Without the reader of YAML where nothing was set: that is a tenth of the time to a story."""
    from storybot.config.as_shipped import is_as_shipped
    from storybot.config.schema import Settings

    if explicit is None and is_as_shipped():
        return Settings()
    from storybot.config import load
    from storybot.config.check import CheckLevel

    return load.load_settings(explicit, trial=CheckLevel.USE if tried else CheckLevel.NONE).settings


def _drop_output() -> None:
    """What is still to be written goes nowhere, or the interpreter's end would fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
