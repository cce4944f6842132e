"""Looks at the wall clock for the quiet hours.

By level, not by edge: after a clock jump the next look finds what holds then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from storybot.config import quiet_hours
from storybot.config.schema import BedtimeSettings, Settings
from storybot.daemon.health import Emit, Health
from storybot.daemon.restarting_task import RestartingTask
from storybot.robot.events import QuietBegan, QuietEnded

CLOCK_CHECK_INTERVAL_S = 15.0  # s between two looks
CLOCK_CHECK_DEADLINE_S = 60.0  # s without a look after which the watchdog is not fed


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
        self.health = Health("night", emit)
        self._restarting = RestartingTask(self.health, self._work)

    async def start(self) -> None:
        self._restarting.start()

    async def stop(self) -> None:
        await self._restarting.stop()

    def task(self) -> asyncio.Task[None] | None:
        return self._restarting.task

    def apply(self, settings: Settings) -> None:
        self.settings = settings.bedtime
        self.look()

    async def _work(self) -> None:
        """Look at the clock, for ever."""
        self.health.expect(CLOCK_CHECK_DEADLINE_S)
        while True:
            self.look()
            self.health.working()
            self.health.progress()
            await asyncio.sleep(CLOCK_CHECK_INTERVAL_S)

    def look(self) -> None:
        """Tell of a change since the last look."""
        quiet = quiet_hours.is_quiet(self._now().time(), self.settings)
        if quiet != self._quiet:
            self._quiet = quiet
            self._emit(QuietBegan() if quiet else QuietEnded())
