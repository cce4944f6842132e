"""The alarms the robot sets: by the loop's steady clock, so that no clock change rings them."""

from __future__ import annotations

import asyncio

from storybot.daemon.health import Emit
from storybot.robot.events import Timer, TimerExpired


class Timers:
    """One alarm of each kind at most."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._set: dict[Timer, asyncio.TimerHandle] = {}

    def start(self, timer: Timer, seconds: float) -> None:
        """Ring in so many seconds, not when it was to ring before."""
        self.stop(timer)
        self._set[timer] = asyncio.get_running_loop().call_later(seconds, self._ring, timer)

    def stop(self, timer: Timer) -> None:
        """Do not ring."""
        if handle := self._set.pop(timer, None):
            handle.cancel()

    def stop_all(self) -> None:
        """Ring no more."""
        for timer in list(self._set):
            self.stop(timer)

    def left(self, timer: Timer) -> float | None:
        """Seconds until it rings; None when it is not set."""
        handle = self._set.get(timer)
        return handle.when() - asyncio.get_running_loop().time() if handle else None

    def _ring(self, timer: Timer) -> None:
        self._set.pop(timer, None)
        self._emit(TimerExpired(timer))
