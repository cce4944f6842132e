"""stories for Home Assistant's voice assistants, by the Wyoming protocol"""

from __future__ import annotations

import argparse
import asyncio
import logging
from importlib.util import find_spec

from storybot.config.home_check import find_home_faults
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Serve, or show how avahi would announce it."""
    parser.add_argument(
        "--announcement",
        action="store_true",
        help="print the service file for avahi-daemon, and end",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    for key, wrong in find_home_faults(settings.home):
        raise StorybotError(f"{key}: {wrong}", Exit.CONFIG)
    if find_spec("wyoming") is None:
        raise StorybotError(
            "this needs the package wyoming: pip install storybot[wyoming]", Exit.CONFIG
        )
    from storybot.home.box import this_box
    from storybot.home.wyoming.about import avahi_service
    from storybot.home.wyoming.server import Server

    box = this_box(settings.home)
    if args.announcement:
        print(avahi_service(box, settings.home.wyoming_port), end="")
        return Exit.OK
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    asyncio.run(Server(settings.home, settings.controls.socket, box).run())
    return Exit.OK
