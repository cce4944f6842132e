"""The robot's timers, by the event loop's clock, which setting the time does not change."""

from __future__ import annotations

import asyncio

from storybot.daemon.health import Emit
from storybot.robot.events import Timer, TimerExpired


class Timers:
    """At most one timer of each kind."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._set: dict[Timer, asyncio.TimerHandle] = {}

    def start(self, timer: Timer, seconds: float) -> None:
        """Emit TimerExpired in so many seconds, instead of when it was set to before."""
        self.stop(timer)
        self._set[timer] = asyncio.get_running_loop().call_later(seconds, self._expire, timer)

    def stop(self, timer: Timer) -> None:
        """Cancel the timer."""
        if handle := self._set.pop(timer, None):
            handle.cancel()

    def stop_all(self) -> None:
        """Cancel all timers."""
        for timer in list(self._set):
            self.stop(timer)

    def left(self, timer: Timer) -> float | None:
        """Seconds until it expires; None when it is not set."""
        handle = self._set.get(timer)
        return handle.when() - asyncio.get_running_loop().time() if handle else None

    def _expire(self, timer: Timer) -> None:
        self._set.pop(timer, None)
        self._emit(TimerExpired(timer))
