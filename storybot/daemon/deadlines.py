"""Deadlines of the services: systemd's watchdog is fed while none is missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Deadline:
    within: float  # s
    last: float  # s of the clock


class Deadlines:
    """Each service arms, renews and disarms its own deadline; nobody else does it for one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._expected: dict[str, _Deadline] = {}

    def arm(self, who: str, within: float) -> None:
        """From now on `who` must renew its deadline within so many seconds, again and again."""
        self._expected[who] = _Deadline(within, self._clock())

    def renew(self, who: str) -> None:
        """`who` made progress. Does nothing where no deadline is armed."""
        if who in self._expected:
            self._expected[who].last = self._clock()

    def disarm(self, who: str) -> None:
        """`who` has nothing to do any more."""
        self._expected.pop(who, None)

    def missed(self) -> list[str]:
        """Those whose deadline has passed."""
        now = self._clock()
        return [who for who, it in self._expected.items() if now - it.last > it.within]
