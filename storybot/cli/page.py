"""a page for a phone or a tablet, served beside the running daemon"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from storybot.cli.home_ready import check_home
from storybot.cli.output import add_json, show
from storybot.config import handover
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError
from storybot.system.folders import state_folder
from storybot.system.profile import memory_kb, resolve_profile
from storybot.system.python_child import python_command

if TYPE_CHECKING:
    from storybot.home.page.pairing import Pairing

SERVICE_STATE = Path("/var/lib/storybot-page")  # of storybot-page.service
LEAST_MEMORY_KB = 16 * 1024  # available, in the small profile


def arguments(parser: argparse.ArgumentParser) -> None:
    """Serve, or look after the devices."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--code", action="store_true", help="a code that pairs one phone or tablet")
    what.add_argument("--forget", action="store_true", help="every device must be paired anew")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    from storybot.home.page.pairing import Pairing

    if args.code or args.forget:
        return _look_after(args, Pairing(_served_state()))
    _check(settings)
    from storybot.home.box import this_box

    box = this_box(settings.home)
    folder = state_folder() if _is_service() else _own_state()
    if resolve_profile(settings.service.profile) == "small":
        words = (box.id, box.name, box.version, str(folder))
        handover.replace_process("storybot.cli.page_process", settings, *words)
    from storybot.home.page.server import run as serve
    from storybot.home.page.sounds import MP3, WAV, SoundMaker
    from storybot.speaking import mp3

    kinds = (MP3, WAV) if mp3.is_possible() else (WAV,)
    serve(settings, box, folder, SoundMaker(python_command("storybot.cli.story_sound"), kinds))
    return Exit.OK


def _look_after(args: argparse.Namespace, pairing: Pairing) -> int:
    try:
        if args.forget:
            pairing.forget()
            show(args, {"forgotten": True}, "Every device must be paired anew.")
        else:
            code = pairing.new_code()
            told = f"{code[:3]} {code[3:]} pairs one device within 10 minutes."
            show(args, {"code": code}, told)
    except PermissionError:
        raise StorybotError(
            f"you may not write in {SERVICE_STATE}; run: sudo storybot page "
            f"{'--forget' if args.forget else '--code'}",
            Exit.CONFIG,
        ) from None
    except OSError as error:
        raise StorybotError(f"the page's files cannot be written ({error})") from None
    return Exit.OK


def _is_service() -> bool:
    return bool(os.environ.get("STATE_DIRECTORY"))


def _own_state() -> Path:
    return state_folder() / "page"


def _served_state() -> Path:
    """Where the page that is served keeps its files: the service's for root, else one's own."""
    own = _own_state()
    if SERVICE_STATE.exists() and (os.geteuid() == 0 or not own.exists()):
        return SERVICE_STATE
    return own


def _check(settings: Settings) -> None:
    check_home(settings.home, "microdot", "microdot", "page")
    free = memory_kb("MemAvailable")
    if resolve_profile(settings.service.profile) == "small" and 0 < free < LEAST_MEMORY_KB:
        raise StorybotError(
            f"only {free // 1024} MB are free, and the page needs up to "
            f"{LEAST_MEMORY_KB // 1024} MB; stories come first",
            Exit.CONFIG,
        )
