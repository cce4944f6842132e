"""The daemon's process: logging, event loop, and an end that no thread can delay."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from storybot.config import handover
from storybot.config.schema import Settings
from storybot.daemon.daemon import Daemon
from storybot.daemon.services import real_factories
from storybot.errors import Exit, StorybotError
from storybot.system import systemd


def live(settings: Settings, profile: str, reread: Callable[[], Settings]) -> None:
    """Run the daemon until it ends; StorybotError when it cannot begin."""
    fields = systemd.begin_logging(settings.service.debug)

    async def main() -> None:
        await Daemon(settings, profile, real_factories(), reread, fields).run()

    asyncio.run(main())


def leave(code: int) -> int:
    """Return the exit status, or end here where a thread runs that nobody waits for."""
    if threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def run_handed_over(settings_fd: int, config: Sequence[str]) -> int:
    """The daemon of the small profile, whose settings another process has read.

    `settings_fd` is a file descriptor that holds them as JSON; `config` is empty or holds the
    path of --config. Returns the exit status.
    """
    settings = handover.taken_over(settings_fd)
    explicit = Path(config[0]) if config else None
    try:
        live(settings, "small", lambda: handover.read_in_child(explicit))
    except StorybotError as error:
        print(f"storybot: {error}", file=sys.stderr)
        return leave(error.code)
    return leave(Exit.OK)
