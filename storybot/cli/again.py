"""let the daemon tell the same story again"""

from __future__ import annotations

import argparse

from storybot.cli.output import add_json, show_reply
from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Again


def arguments(parser: argparse.ArgumentParser) -> None:
    """For people or for programs."""
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """The last story, word for word."""
    reply = ask(settings.controls.socket, Again())
    show_reply(args, reply, reply["said"])
    return 0
