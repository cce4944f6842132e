"""How much of a training run is left, by processor time and by the clock.

Processor time stands still while the run is paused, the clock does not: `minutes` bounds the work,
`deadline` the waiting. The learning rate follows what is left, so that it reaches zero on time
whatever else the machine did meanwhile.
"""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass
class Budget:
    """A run of `minutes` of processor time per thread, ended at `deadline` at the latest."""

    minutes: float
    deadline: float  # seconds since the epoch; infinity for none
    threads: int
    spent: float = 0.0  # seconds of processor time per thread in earlier runs
    started: float = 0.0  # seconds since the epoch when the first run began

    def __post_init__(self) -> None:
        self.started = self.started or time.time()
        self._base = self.spent - time.process_time() / self.threads

    def seconds(self) -> float:
        """Processor time per thread since the very start."""
        return self._base + time.process_time() / self.threads

    def left(self) -> float:
        """1 at the start, 0 at the end: the smaller of the two shares that are left."""
        work = 1 - self.seconds() / (60 * self.minutes)
        if self.deadline == float("inf"):
            return max(0.0, work)
        waiting = (self.deadline - time.time()) / max(1.0, self.deadline - self.started)
        return max(0.0, min(work, waiting))
