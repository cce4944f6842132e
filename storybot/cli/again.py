"""let the daemon tell the same story again"""

from __future__ import annotations

import argparse

from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.messages import Again


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """The last story, word for word."""
    reply = ask(settings.controls.socket, Again())
    print(reply["said"])
    return 0
