"""Keeps one part going: restarts with backoff, and tells when it is lost and when it is back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from storybot.errors import StorybotError
from storybot.robot.events import Event, Part, PartBack, PartLost

LOG = logging.getLogger("storybot")
Emit = Callable[[Event], None]

FIRST_RESTART_DELAY_S = 0.2  # s before the first restart; each further one waits twice as long
MAX_RESTART_DELAY_S = 3.0  # s; a device plugged in again must be back within 5 s
FAILURES_UNTIL_LOST = 3  # failures in a row
STABLE_AFTER_S = 10.0  # s of working after which earlier failures are forgotten


def delay(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return float(min(FIRST_RESTART_DELAY_S * 2 ** min(failures - 1, 10), MAX_RESTART_DELAY_S))


class Supervisor:
    """For one part; `emit` takes PartLost and PartBack."""

    def __init__(self, part: Part, emit: Emit) -> None:
        self.part, self._emit = part, emit
        self.failures = 0
        self.lost = False
        self._is_trouble_logged = False  # since it last worked
        self._working_since: float | None = None

    async def keep(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` for ever. It calls working() once it does; its end is a failure."""
        while True:
            try:
                await work()
                sentence = f"the {self.part.value} ended by itself"
            except StorybotError as error:
                sentence = str(error)
            self.failed(sentence)
            await asyncio.sleep(delay(self.failures))

    def working(self) -> None:
        """The part works."""
        self._working_since = asyncio.get_running_loop().time()
        if self._is_trouble_logged:
            self._is_trouble_logged = False
            LOG.info("%s works again", self.part.value)
        if self.lost:
            self.lost = False
            self._emit(PartBack(self.part))

    def failed(self, sentence: str, at_once: bool = False) -> None:
        """The part failed; `at_once` spares it the further chances."""
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
