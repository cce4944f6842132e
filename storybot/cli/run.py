"""the daemon in the foreground: listens, tells, listens again"""

from __future__ import annotations

import argparse
import os
import sys

from storybot.config import handover, load
from storybot.config.schema import Settings
from storybot.system import bytecode_cache, profile
from storybot.system.folders import cache_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    """`storybot run` takes only what every command takes."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Live until SIGTERM; 0 after an end in good order."""
    if profile.resolve_profile(settings.service.profile) == "small":
        become_small(args, settings)
    from storybot.daemon import process

    process.live(settings, "full", lambda: load.load_settings(args.config).settings)
    return process.leave(0)


def become_small(args: argparse.Namespace, settings: Settings) -> None:
    """Replace this process by one that never imported a reader of YAML or of arguments."""
    handed = os.memfd_create("storybot-settings", 0)  # 0: it outlives the exec
    os.write(handed, handover.to_json(handover.with_found_paths(settings)).encode())
    os.lseek(handed, 0, os.SEEK_SET)
    os.environ.update(bytecode_cache.environment(cache_folder()))
    command = [sys.executable, "-m", "storybot.daemon.small_process", str(handed)]
    os.execv(sys.executable, [*command, *([str(args.config)] if args.config else [])])
