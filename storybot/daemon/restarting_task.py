"""A task that is restarted with growing delays when its work fails, and again on request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from storybot.daemon.health import Health
from storybot.errors import StorybotError

FIRST_RESTART_DELAY_S = 0.2  # s before the first restart; each further one waits twice as long
MAX_RESTART_DELAY_S = 3.0  # s; a device plugged in again must be back within 5 s


def delay(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return float(min(FIRST_RESTART_DELAY_S * 2 ** min(failures - 1, 10), MAX_RESTART_DELAY_S))


class RestartingTask:
    """Does `work` for ever. StorybotError and its end are failures; any other error ends the task.

    `work` calls health.working() as soon as it works.
    """

    def __init__(self, health: Health, work: Callable[[], Awaitable[None]]) -> None:
        self._health, self._work = health, work
        self._current: asyncio.Task[None] | None = None
        self.task: asyncio.Task[None] | None = None  # runs for ever; done: a fault of our own

    def start(self) -> None:
        """Begin."""
        self.task = asyncio.create_task(self._run(), name=self._health.name)

    def restart(self) -> None:
        """Begin the work again, without counting that as a failure."""
        if self._current is not None:
            self._current.cancel()

    async def stop(self) -> None:
        """End the work; returns when it has cleaned up."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task])

    async def _run(self) -> None:
        own = asyncio.current_task()
        assert own is not None
        while True:
            self._current = asyncio.create_task(self._fail_and_retry(), name=self._health.name)
            try:
                await self._current
            except asyncio.CancelledError:
                if own.cancelling():
                    raise

    async def _fail_and_retry(self) -> None:
        while True:
            try:
                await self._work()
                sentence = f"the {self._health.name} ended by itself"
            except StorybotError as error:
                sentence = str(error)
            self._health.failed(sentence)
            await asyncio.sleep(delay(self._health.failures))
