"""What every service of the daemon has in common: listener, narrator, speaker and the others."""

from __future__ import annotations

import asyncio
from typing import Protocol

from storybot.config.schema import Settings
from storybot.daemon.health import Health

STOP_DEADLINE_S = 2.0  # s in which a service gives its devices and processes back


class Service(Protocol):
    """One part of the running daemon. All its methods belong to the event loop."""

    health: Health

    async def start(self) -> None:
        """Begin to work; waits for nothing but files. StorybotError: no daemon without it."""

    async def stop(self) -> None:
        """Give everything back. The supervisor waits STOP_DEADLINE_S for it and then goes on."""

    def apply(self, settings: Settings) -> None:
        """Work with new settings, which were checked before; what did not change goes on."""

    def task(self) -> asyncio.Task[None] | None:
        """What runs for ever; when it is done, something in the service broke. None: nothing."""
