"""stop the story the daemon is telling"""

from __future__ import annotations

import argparse

from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.messages import Stop


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Silence."""
    reply = ask(settings.controls.socket, Stop())
    print(f"storybot is {reply['state']}.")
    return 0
