"""the daemon in the foreground: listens, tells, listens again"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from storybot.config import forked_reading, handover
from storybot.config.schema import Settings
from storybot.errors import StorybotError
from storybot.models.catalogue import find_model
from storybot.models.installed import resolve_model
from storybot.models.packing import packing_advice
from storybot.system import profile

if TYPE_CHECKING:  # started without arguments it needs none, see command_line
    import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """`storybot run` takes only what every command takes."""


def run(args: argparse.Namespace) -> int:
    """Live until SIGTERM; 0 after an end in good order."""
    settings = forked_reading.load_settings(args.config)
    if advice := _advice(settings):
        print(f"storybot: {advice}", file=sys.stderr)
    if profile.resolve_profile(settings.service.profile) == "small":
        become_small(args, settings)
    from storybot.daemon import process

    process.live(settings, "full", lambda: _reread(args.config))
    return process.leave(0)


def _reread(config: Path | None) -> Settings:
    """The settings as they are now, read in this process: one with threads must not fork."""
    from storybot.config import load  # with YAML

    return load.load_settings(config).settings


def _advice(settings: Settings) -> str:
    """That telling.model would be faster packed, where it would."""
    telling = settings.telling
    try:
        files = resolve_model(telling.model, telling.tokenizer)
    except StorybotError:  # the daemon says what is wrong with it, at every story
        return ""
    return packing_advice(files.model, telling.model if find_model(telling.model) else "")


def become_small(args: argparse.Namespace, settings: Settings) -> None:
    """Replace this process by one that never imported a reader of YAML or of arguments."""
    words = [str(args.config)] if args.config else []
    found = handover.with_found_paths(settings)
    handover.replace_process("storybot.daemon.small_process", found, *words)
