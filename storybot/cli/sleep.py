"""send the daemon to sleep after a while"""

from __future__ import annotations

import argparse

from storybot.cli.answers import bedtime
from storybot.cli.output import add_json, show_reply
from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Sleep


def arguments(parser: argparse.ArgumentParser) -> None:
    """Minutes or stories, or neither for the settings' own."""
    when = parser.add_mutually_exclusive_group()
    when.add_argument("minutes", nargs="?", type=float, help="sleep in so many minutes; 0: now")
    when.add_argument("--after", type=int, metavar="N", help="sleep after so many stories")
    when.add_argument("--off", action="store_true", help="stay awake after all")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print when it will sleep."""
    request = Sleep(args.minutes, args.after)
    if args.minutes is None and args.after is None and not args.off:
        bed = settings.bedtime
        request = Sleep(bed.sleep_minutes, bed.sleep_stories or None)
    reply = ask(settings.controls.socket, request)
    told = bedtime(reply["state"], reply["sleeps_in"], reply["sleeps_after"])
    show_reply(args, reply, told)
    return 0
