"""the daemon in the foreground: listens, tells, listens again"""

from __future__ import annotations

import argparse
import os
import sys

from storybot.config import handover, load
from storybot.config.schema import Settings
from storybot.errors import StorybotError
from storybot.models.catalogue import find_model
from storybot.models.installed import resolve_model
from storybot.models.packing import packing_advice
from storybot.system import profile
from storybot.system.folders import cache_folder
from storybot.system.python_child import python_command


def arguments(parser: argparse.ArgumentParser) -> None:
    """`storybot run` takes only what every command takes."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Live until SIGTERM; 0 after an end in good order."""
    if advice := _advice(settings):
        print(f"storybot: {advice}", file=sys.stderr)
    if profile.resolve_profile(settings.service.profile) == "small":
        become_small(args, settings)
    from storybot.daemon import process

    process.live(settings, "full", lambda: load.load_settings(args.config).settings)
    return process.leave(0)


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
    from storybot.system import bytecode_cache  # with compileall: 0.9 MB that `full` never needs

    handed = os.memfd_create("storybot-settings", 0)  # 0: it outlives the exec
    os.write(handed, handover.to_json(handover.with_found_paths(settings)).encode())
    os.lseek(handed, 0, os.SEEK_SET)
    os.environ.update(bytecode_cache.environment(cache_folder()))
    words = [str(handed), *([str(args.config)] if args.config else [])]
    os.execv(sys.executable, python_command("storybot.daemon.small_process", *words))
