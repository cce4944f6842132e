"""The daemon as a process: logging, event loop, and an end that nothing can hold up."""

from __future__ import annotations

import storybot.system.lean_imports  # noqa: F401  # before all others

# isort: split
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
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
    """End now where a thread is left: a voice stuck in its library must not hold up the end."""
    if threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def main() -> int:
    """The small profile's own process: `python -m storybot.daemon.process FD [CONFIG]`.

    FD holds the settings as JSON. Nothing is imported here that the small board can do without.
    """
    with os.fdopen(int(sys.argv[1]), encoding="utf-8") as handed:
        settings = handover.from_json(handed.read())
    explicit = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    try:
        live(settings, "small", lambda: handover.read_in_child(explicit))
    except StorybotError as error:
        print(f"storybot: {error}", file=sys.stderr)
        return leave(error.code)
    return leave(Exit.OK)


if __name__ == "__main__":
    # Until the loop has its own handler; asyncio's would be described, which takes `inspect`.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main())
