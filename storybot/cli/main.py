"""The command `storybot`: finds the module of the command asked for and prints its one error."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from storybot import config
from storybot.errors import Exit, StorybotError

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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (see `storybot.errors.Exit`)."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] not in COMMANDS:
        overview().parse_args(words or ["--help"])
    name = words[0]
    module = importlib.import_module(f"storybot.cli.{name}")
    parser = argparse.ArgumentParser(prog=f"storybot {name}", description=COMMANDS[name])
    parser.add_argument("--config", type=Path, metavar="FILE", help="a further settings file")
    module.arguments(parser)
    args = parser.parse_args(words[1:])
    try:
        if name == "config":  # it reports the faults of a file itself
            return int(module.run(args))
        return int(module.run(args, config.load(args.config, with_model=False).settings))
    except StorybotError as error:
        print(f"storybot: {error}", file=sys.stderr)
        return int(error.code)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader closed the terminal or pipe: nobody is left to tell anything to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
