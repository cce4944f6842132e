"""ask the running daemon for a story"""

from __future__ import annotations

import argparse

from storybot.cli import answers
from storybot.cli.output import add_json, show_reply
from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.request_fields import TEXT_MAX_CHARACTERS
from storybot.controls.socket.requests import Ask
from storybot.errors import Exit, StorybotError


def arguments(parser: argparse.ArgumentParser) -> None:
    """The request, in words."""
    parser.add_argument(
        "words",
        nargs="+",
        metavar="WORD",
        help='what to ask for: "a story about a cat", "another one", "louder", "good night"',
    )
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print what the daemon understood."""
    text = " ".join(args.words)
    if len(text) > TEXT_MAX_CHARACTERS:
        raise StorybotError(
            f"that is too long; ask in at most {TEXT_MAX_CHARACTERS} characters", Exit.NOT_HEARD
        )
    reply = ask(settings.controls.socket, Ask(text))
    show_reply(args, reply, answers.asked(reply))
    return 0
