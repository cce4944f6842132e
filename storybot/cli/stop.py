"""stop the story the daemon is telling"""

from __future__ import annotations

import argparse

from storybot.cli import answers
from storybot.cli.output import add_json, show_reply
from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Stop


def arguments(parser: argparse.ArgumentParser) -> None:
    """For people or for programs."""
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Silence."""
    reply = ask(settings.controls.socket, Stop())
    show_reply(args, reply, answers.stopped(reply))
    return 0
