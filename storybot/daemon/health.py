"""How one service is: well, lost, or stalled. Its own service alone says so."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import Enum

from storybot.robot.events import Event, Part, PartBack, PartLost

LOG = logging.getLogger("storybot")
Emit = Callable[[Event], None]

FAILURES_UNTIL_LOST = 3  # one after the other
STABLE_AFTER_S = 10.0  # of working, after which earlier failures do not count


class Condition(Enum):
    """What a service can be."""

    WELL = "well"
    LOST = "lost"  # it said that it cannot work; it is tried again, and the box goes on without it
    STALLED = "stalled"  # it missed its deadline: nothing but a new process helps


class Health:
    """The health of one service, told to the robot where the service is one of its parts."""

    def __init__(self, name: str, emit: Emit, part: Part | None = None) -> None:
        """`emit` takes PartLost and PartBack; without a `part` the robot can do without it."""
        self.name, self.part = name, part
        self.failures = 0  # in a row
        self.sentence = ""  # why it is lost
        self._emit = emit
        self._lost = False
        self._is_trouble_logged = False  # since it last worked
        self._working_since: float | None = None  # s of the loop's clock, as all times here
        self._within: float | None = None  # s from one progress to the next; None: no deadline
        self._progress_at = 0.0

    @property
    def label(self) -> str:
        """As log and status name it: its part, or else the service."""
        return self.name if self.part is None else self.part.value

    @property
    def lost(self) -> bool:
        """Whether it said that it cannot work."""
        return self._lost

    @property
    def condition(self) -> Condition:
        """How it is now. A missed deadline counts more than what the service said of itself."""
        if self._within is not None and _now() - self._progress_at > self._within:
            return Condition.STALLED
        return Condition.LOST if self._lost else Condition.WELL

    def expect(self, within: float) -> None:
        """From now on it must make progress at least every `within` seconds."""
        self._within, self._progress_at = within, _now()

    def progress(self) -> None:
        """It made progress. Nothing happens when none is expected."""
        self._progress_at = _now()

    def at_rest(self) -> None:
        """Nothing is expected of it: it has no work, and nothing that it started is left."""
        self._within = None

    def working(self) -> None:
        """It works."""
        self._working_since = _now()
        if self._is_trouble_logged:
            self._is_trouble_logged = False
            LOG.info("%s works again", self.label)
        if self._lost:
            self._lost, self.sentence = False, ""
            if self.part is not None:
                self._emit(PartBack(self.part))

    def failed(self, sentence: str, at_once: bool = False) -> None:
        """It failed; lost at the third time in a row, or `at_once`."""
        if self._working_since is not None and _now() - self._working_since > STABLE_AFTER_S:
            self.failures = 0
        self._working_since = None
        self.failures += 1
        if self._lost:
            self.sentence = sentence
            return
        LOG.warning("%s: %s", self.label, sentence)
        self._is_trouble_logged = True
        if at_once or self.failures >= FAILURES_UNTIL_LOST:
            self._lost, self.sentence = True, sentence
            if self.part is not None:
                self._emit(PartLost(self.part, sentence))


def _now() -> float:
    return asyncio.get_running_loop().time()
