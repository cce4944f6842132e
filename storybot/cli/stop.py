"""stop the story the daemon is telling"""

from __future__ import annotations

import argparse

from storybot.controls.messages import Stop
from storybot.controls.socket_client import ask
from storybot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Silence."""
    reply = ask(settings.controls.socket, Stop())
    print(f"storybot is {reply['state']}.")
    return 0
