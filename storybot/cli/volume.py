"""set the daemon's volume"""

from __future__ import annotations

import argparse
import re

from storybot.cli import answers
from storybot.cli.output import add_json, show
from storybot.config.schema import Settings
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Volume


def volume(text: str) -> Volume:
    """ "60" is a volume, "+10" and "-10" change it."""
    if not re.fullmatch(r"[+-]?\d{1,3}%?", text):
        raise argparse.ArgumentTypeError("give per cent, such as 60, +10 or -10")
    number = int(text.rstrip("%"))
    if not -100 <= number <= 100:
        raise argparse.ArgumentTypeError("volume is between 0 and 100 per cent")
    return Volume(by=number) if text[0] in "+-" else Volume(percent=number)


def arguments(parser: argparse.ArgumentParser) -> None:
    """A volume or a change of it."""
    parser.add_argument(
        "volume",
        nargs="?",
        type=volume,
        default=Volume(),
        metavar="PERCENT",
        help="per cent, or +N / -N to change it; without it the volume is shown",
    )
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the volume that holds now, and what kept it from being the one asked for."""
    socket, wanted = settings.controls.socket, args.volume.percent
    if args.volume.by:
        wanted = ask(socket, Volume())["volume"] + args.volume.by
    holds = ask(socket, args.volume)["volume"]
    show(args, {"volume": holds, "wanted": wanted}, answers.volume(holds, wanted))
    return 0
