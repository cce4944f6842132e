"""the box in Home Assistant: joins the running daemon and an MQTT broker"""

from __future__ import annotations

import argparse
import logging
import signal

from storybot.cli.home_ready import check_home
from storybot.cli.output import add_json, show
from storybot.config.home_check import ID
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Serve, or forget."""
    parser.add_argument(
        "--forget",
        nargs="?",
        const="",
        metavar="ID",
        help="remove what the broker keeps of this box, or of the one with that id, and end",
    )
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Join the two until SIGTERM or Ctrl-C."""
    _check(settings)
    from storybot.home.box import this_box
    from storybot.home.mqtt.password import read_password

    password = read_password(settings.home)
    if args.forget is not None:
        return _forget(args, settings, password)
    box = this_box(settings.home)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    from storybot.home.mqtt.bridge import Bridge

    bridge = Bridge(settings, box, password)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: bridge.stop())
    bridge.run()
    return Exit.OK


def _forget(args: argparse.Namespace, settings: Settings, password: str) -> int:
    from storybot.home.box import this_box
    from storybot.home.mqtt.forget import forget

    if args.forget and not ID.fullmatch(args.forget):
        raise StorybotError(f"--forget: {args.forget!r} is the id of no box", Exit.USAGE)
    box = args.forget or this_box(settings.home).id
    removed = forget(settings.home, password, box)
    text = "\n".join(removed) if removed else f"The broker keeps nothing of the box {box}."
    show(args, {"box": box, "removed": removed}, text)
    return Exit.OK


def _check(settings: Settings) -> None:
    check_home(settings.home, "paho", "paho-mqtt", "mqtt")
    if not settings.home.mqtt_host:
        raise StorybotError(
            "no broker is named; set home.mqtt_host to its name or address", Exit.CONFIG
        )
