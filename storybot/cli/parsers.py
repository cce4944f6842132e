"""The parsers of all commands, and what they say to a word that is mistyped."""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path
from typing import NoReturn

from storybot.config.values import nearest

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
    "mqtt": "the box in Home Assistant: joins the running daemon and an MQTT broker",
    "page": "a page for a phone or a tablet, served beside the running daemon",
    "wyoming": "stories for voice assistants, and another machine's voice for the box",
    "library": "the last stories: list, show, tell, rm",
    "words": "your family's names, toys, pets and places: list, add, remove",
    "devices": "microphones and loudspeakers, the default marked",
    "voices": "voices, the default marked",
    "models": "story models and recognisers; `models get NAME` downloads one",
    "config": "the settings in force and where each is from; --check FILE",
    "doctor": "check every part, from the microphone to the folder of stories",
}
_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")
_STRANGE = re.compile(r"unrecognized arguments: (--?[a-zA-Z][\w-]+)")


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that also says what a mistyped word was probably meant to be."""

    def error(self, message: str) -> NoReturn:
        hint = ""
        if choice := _CHOICE.search(message):
            hint = nearest(choice[1], [word.strip("' ") for word in choice[2].split(",")])
        elif option := _STRANGE.search(message):
            hint = nearest(option[1], re.findall(r"--[\w-]+", self.format_help()))
        super().error(message + hint)


def overview() -> argparse.ArgumentParser:
    """The parser that only knows which commands there are."""
    listing = "\n".join(f"  {name:9} {what}" for name, what in COMMANDS.items())
    parser = Parser(
        prog="storybot",
        description="storybot tells children stories, offline.",
        epilog=f"commands:\n{listing}\n\n`storybot COMMAND --help` tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="storybot COMMAND [ARGUMENTS...]",
    )
    _add_version(parser)
    parser.add_argument("command", choices=list(COMMANDS), metavar="COMMAND", help="see below")
    return parser


def command_parser(name: str) -> argparse.ArgumentParser:
    """The parser of one command, without the command's own name."""
    parser = Parser(prog=f"storybot {name}", description=COMMANDS[name])
    _add_arguments(name, parser)
    return parser


def whole_parser() -> argparse.ArgumentParser:
    """All commands in one parser, from which completions and the manual page are made."""
    parser = argparse.ArgumentParser(
        prog="storybot", description="storybot tells children stories, offline."
    )
    _add_version(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, what in COMMANDS.items():
        _add_arguments(name, commands.add_parser(name, help=what, description=what))
    return parser


def _add_arguments(name: str, parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="a further settings file")
    importlib.import_module(f"storybot.cli.{name}").arguments(parser)


def _add_version(parser: argparse.ArgumentParser) -> None:
    from importlib import metadata  # with the package `email`: most commands need no version

    parser.add_argument(
        "--version", action="version", version=f"storybot {metadata.version('storybot')}"
    )
