"""Looks at the wall clock for the quiet hours.

By level, not by edge: after a clock jump the next look finds what holds then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from storybot.config import quiet_hours
from storybot.config.schema import BedtimeSettings
from storybot.daemon.supervisor import Emit
from storybot.robot.events import QuietBegan, QuietEnded

CLOCK_CHECK_INTERVAL_S = 15.0  # s between two looks


class NightService:
    """Tells when the quiet hours begin and end."""

    def __init__(
        self,
        settings: BedtimeSettings,
        emit: Emit,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self.settings = settings
        self._emit, self._now = emit, now
        self._quiet = False

    async def run(self) -> None:
        """Look, for ever."""
        while True:
            self.look()
            await asyncio.sleep(CLOCK_CHECK_INTERVAL_S)

    def look(self) -> None:
        """Tell of a change since the last look."""
        quiet = quiet_hours.is_quiet(self._now().time(), self.settings)
        if quiet != self._quiet:
            self._quiet = quiet
            self._emit(QuietBegan() if quiet else QuietEnded())
