"""Keeps one part running: restarts it with growing delays, and emits PartLost and PartBack."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from storybot.errors import StorybotError
from storybot.robot.events import Event, Part, PartBack, PartLost

LOG = logging.getLogger("storybot")
Emit = Callable[[Event], None]

FIRST_RESTART_DELAY_S = 0.2  # each further restart waits twice as long
MAX_RESTART_DELAY_S = 3.0  # a device that is plugged in again must work within 5 s
FAILURES_UNTIL_LOST = 3  # one after the other
STABLE_AFTER_S = 10.0  # of working, after which earlier failures do not count


def delay(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return float(min(FIRST_RESTART_DELAY_S * 2 ** min(failures - 1, 10), MAX_RESTART_DELAY_S))


class Supervisor:
    """Supervises one part."""

    def __init__(self, part: Part, emit: Emit) -> None:
        self.part, self._emit = part, emit
        self.failures = 0
        self.lost = False
        self._is_trouble_logged = False  # since it last worked
        self._working_since: float | None = None

    async def keep(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` for ever. It calls working() when it works; its end is a failure."""
        while True:
            try:
                await work()
                sentence = f"the {self.part.value} ended by itself"
            except StorybotError as error:
                sentence = str(error)
            self.failed(sentence)
            await asyncio.sleep(delay(self.failures))

    def working(self) -> None:
        """The part works now."""
        self._working_since = asyncio.get_running_loop().time()
        if self._is_trouble_logged:
            self._is_trouble_logged = False
            LOG.info("%s works again", self.part.value)
        if self.lost:
            self.lost = False
            self._emit(PartBack(self.part))

    def failed(self, sentence: str, at_once: bool = False) -> None:
        """The part failed; with `at_once` it counts as lost after this failure already."""
        now = asyncio.get_running_loop().time()
        if self._working_since is not None and now - self._working_since > STABLE_AFTER_S:
            self.failures = 0
        self._working_since = None
        self.failures += 1
        if self.lost:
            return
        LOG.warning("%s: %s", self.part.value, sentence)
        self._is_trouble_logged = True
        if at_once or self.failures >= FAILURES_UNTIL_LOST:
            self.lost = True
            self._emit(PartLost(self.part, sentence))
