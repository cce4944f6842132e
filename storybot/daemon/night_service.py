"""Compares the time of day with the quiet hours.

It looks at the time again and again instead of setting an alarm: after the clock was set, the
next look finds what holds then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from storybot.config import quiet_hours
from storybot.daemon.configuration import Configuration
from storybot.daemon.supervisor import Emit
from storybot.robot.events import QuietBegan, QuietEnded

CLOCK_CHECK_INTERVAL_S = 15.0


class NightService:
    """Emits QuietBegan and QuietEnded."""

    def __init__(
        self,
        configuration: Configuration,
        emit: Emit,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        """`now` returns local time."""
        self._configuration, self._emit, self._now = configuration, emit, now
        self._quiet = False

    async def run(self) -> None:
        """Look at the time for ever."""
        while True:
            self.look()
            await asyncio.sleep(CLOCK_CHECK_INTERVAL_S)

    def look(self) -> None:
        """Emit what changed since the last look."""
        settings = self._configuration.settings.bedtime
        quiet = quiet_hours.is_quiet(self._now().time(), settings)
        if quiet != self._quiet:
            self._quiet = quiet
            self._emit(QuietBegan() if quiet else QuietEnded())
