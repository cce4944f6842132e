"""ask the running daemon for a story"""

from __future__ import annotations

import argparse

from storybot.controls.messages import Ask
from storybot.controls.socket_client import ask
from storybot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """The wish, in words."""
    parser.add_argument(
        "words",
        nargs="+",
        metavar="WORD",
        help='what to ask for: "a story about a cat", "another one", "louder", "good night"',
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print what the daemon understood."""
    reply = ask(settings.controls.socket, Ask(" ".join(args.words)))
    print(reply.get("said") or f"storybot is {reply['state']}, volume {reply['volume']} %.")
    return 0
