"""stories for voice assistants, another machine's voice and recogniser for the box (Wyoming)"""

from __future__ import annotations

import argparse
import asyncio
import logging

from storybot.cli.home_ready import check_home
from storybot.config.home_check import address
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Serve stories, lend voice or recogniser to the daemon, or show what avahi would announce."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--voice",
        action="store_true",
        help="have another machine speak for the daemon (home.voice, speaking.voice: wyoming)",
    )
    what.add_argument(
        "--recogniser",
        action="store_true",
        help="have another machine recognise for the daemon (home.recogniser, "
        "hearing.second_opinion: wyoming)",
    )
    what.add_argument(
        "--announcement",
        action="store_true",
        help="print the service file for avahi-daemon, and end",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    check_home(settings.home, "wyoming", "wyoming", "wyoming")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    if args.voice:
        from storybot.home.wyoming.voice_server import VoiceServer, VoiceSocket
        from storybot.speaking.voices import wyoming as voice

        asked = VoiceSocket(voice.SOCKET, voice.SAMPLE_RATE_HZ, voice.HEAD, voice.ANSWER_TIMEOUT_S)
        asyncio.run(VoiceServer(_address("voice", settings.home.voice), asked).run())
        return Exit.OK
    if args.recogniser:
        _lend_recogniser(settings)
        return Exit.OK
    from storybot.home.box import this_box
    from storybot.home.wyoming.about import avahi_service

    box = this_box(settings.home)
    if args.announcement:
        print(avahi_service(box, settings.home.wyoming_port), end="")
        return Exit.OK
    from storybot.home.wyoming.server import Server

    asyncio.run(Server(settings.home, settings.controls.socket, box).run())
    return Exit.OK


def _lend_recogniser(settings: Settings) -> None:
    from storybot.hearing.second import confirmation, wyoming
    from storybot.home.wyoming.recogniser_server import RecogniserServer, RecogniserSocket

    asked = RecogniserSocket(wyoming.SOCKET, confirmation.ANSWER_WAIT_S)
    remote = _address("recogniser", settings.home.recogniser)
    asyncio.run(RecogniserServer(remote, asked).run())


def _address(what: str, given: str) -> tuple[str, int]:
    found = address(given)
    if found is None:
        raise StorybotError(
            f"no other {what} is named; set home.{what} to host:port of a Wyoming service",
            Exit.CONFIG,
        )
    return found
