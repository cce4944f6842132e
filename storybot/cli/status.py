"""what the daemon is doing"""

from __future__ import annotations

import argparse

from storybot.cli.answers import described
from storybot.cli.output import add_json, show
from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Status
from storybot.errors import Exit


def arguments(parser: argparse.ArgumentParser) -> None:
    """For people or for programs."""
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the state; 0 unless a part is missing."""
    reply = ask(settings.controls.socket, Status())
    del reply["v"], reply["ok"]
    show(args, reply, described(reply))
    return Exit.FAULT if reply["missing"] else Exit.OK
