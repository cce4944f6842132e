"""the daemon in the foreground: listens, tells, listens again"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading

from storybot.errors import Exit
from storybot.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """`storybot run` takes only what every command takes."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Live until SIGTERM; 0 after an end in good order."""
    # The daemon talks to nobody over a network, and OpenSSL is megabytes the small board needs.
    sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]
    from storybot import config, profile, service
    from storybot.daemon import Daemon
    from storybot.running.rooms import real_makers

    fields = service.begin_logging(settings.service.debug)

    async def live() -> None:
        daemon = Daemon(
            settings,
            profile.resolve(settings.service.profile),
            real_makers(),
            lambda: config.load(args.config).settings,
            fields,
        )
        await daemon.run()

    asyncio.run(live())
    if threading.active_count() > 1:
        # A voice stuck in its library, or a disk that does not answer, must not hold up the end.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(Exit.OK)
    return Exit.OK
