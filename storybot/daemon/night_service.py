"""Compares the time of day with the quiet hours.

It looks at the time again and again instead of setting an alarm: after the clock was set, the
next look finds what holds then.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from storybot.config import quiet_hours
from storybot.config.schema import Settings
from storybot.daemon.configuration import Configuration
from storybot.daemon.health import Emit, Health
from storybot.daemon.restarting_task import RestartingTask
from storybot.robot.events import QuietBegan, QuietEnded

CLOCK_CHECK_INTERVAL_S = 15.0
CLOCK_CHECK_DEADLINE_S = 60.0  # without a look, after which the watchdog is not fed


class NightService:
    """Emits QuietBegan and QuietEnded."""

    def __init__(
        self,
        configuration: Configuration,
        emit: Emit,
        now: Callable[[], time.struct_time] = time.localtime,
    ) -> None:
        """`now` returns local time."""
        self._configuration, self._emit, self._now = configuration, emit, now
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
        self.look()

    async def _work(self) -> None:
        """Look at the time for ever."""
        self.health.expect(CLOCK_CHECK_DEADLINE_S)
        while True:
            self.look()
            self.health.working()
            self.health.progress()
            await asyncio.sleep(CLOCK_CHECK_INTERVAL_S)

    def look(self) -> None:
        """Emit what changed since the last look."""
        bedtime = self._configuration.settings.bedtime
        quiet = quiet_hours.is_quiet(self._now(), bedtime)
        if quiet != self._quiet:
            self._quiet = quiet
            self._emit(QuietBegan() if quiet else QuietEnded())
