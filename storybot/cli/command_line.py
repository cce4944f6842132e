"""The command line: finds the module of the command asked for and prints its one error."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from storybot.cli.terminal import replace_what_cannot_be_shown
from storybot.config import load
from storybot.config.check import CheckLevel
from storybot.errors import Exit, StorybotError

# What writing to a file, terminal or pipe fails with, beside a reader that left.
NO_OUTPUT = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)

# Each command is a module of this package; only the one asked for is imported, for a fast start.
COMMANDS = {
    "tell": "tell a story: about a cat, from a whole request, or from an opening sentence",
    "hear": "print what is recognised from the microphone or a wav; tells no story",
    "run": "the daemon in the foreground: listens, tells, listens again",
    "ask": "ask the running daemon for a story",
    "stop": "stop the story the daemon is telling",
    "again": "let the daemon tell the same story again",
    "volume": "set the daemon's volume",
    "sleep": "send the daemon to sleep after a while",
    "status": "what the daemon is doing",
    "watch": "follow what the daemon is doing",
    "library": "the last stories: list, show, tell, rm",
    "devices": "microphones and loudspeakers, the default marked",
    "voices": "voices, the default marked",
    "models": "story models and recognisers; `models get NAME` downloads one",
    "config": "the settings in force and where each is from; --check FILE",
    "doctor": "check every part, from the microphone to the folder of stories",
}
# They speak to the running daemon, which may have other settings, or look at its stories.
UNTRIED = ("ask", "stop", "again", "volume", "sleep", "status", "watch", "library")


def overview() -> argparse.ArgumentParser:
    """The parser that only knows which commands there are."""
    listing = "\n".join(f"  {name:9} {what}" for name, what in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="storybot",
        description="storybot tells children stories, offline.",
        epilog=f"commands:\n{listing}\n\n`storybot COMMAND --help` tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="storybot COMMAND [ARGUMENTS...]",
    )
    parser.add_argument(
        "--version", action="version", version=f"storybot {metadata.version('storybot')}"
    )
    parser.add_argument("command", choices=list(COMMANDS), metavar="COMMAND", help="see below")
    return parser


def run(argv: Sequence[str] | None, begin: Callable[[], None]) -> int:
    """Run one command; returns its exit code. `begin` is called when it can be interrupted."""
    replace_what_cannot_be_shown()
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


def _command(words: Sequence[str], begin: Callable[[], None]) -> int:
    if not words or words[0] not in COMMANDS:
        overview().parse_args(words or ["--help"])
    name = words[0]
    module = importlib.import_module(f"storybot.cli.{name}")
    parser = argparse.ArgumentParser(prog=f"storybot {name}", description=COMMANDS[name])
    parser.add_argument("--config", type=Path, metavar="FILE", help="a further settings file")
    module.arguments(parser)
    args = parser.parse_args(words[1:])
    try:
        begin()
        if name == "config":  # it reports the faults of a file itself
            return int(module.run(args))
        # A model may be fetched later: the daemon rather says that it cannot tell than not start.
        trial = CheckLevel.NONE if name in UNTRIED else CheckLevel.USE
        return int(module.run(args, load.load_settings(args.config, trial=trial).settings))
    except StorybotError as error:
        print(f"storybot: {error}", file=sys.stderr)
        return int(error.code)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return Exit.INTERRUPTED


def _drop_output() -> None:
    """What is still to be written goes nowhere, or the interpreter's end would fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
