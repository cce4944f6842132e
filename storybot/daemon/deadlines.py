"""Who should be getting on with something, and who has not: the watchdog is fed by this alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Deadline:
    within: float  # s
    last: float  # s of the clock


class Deadlines:
    """Every part says when it gets on; nobody else may say so for it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._expected: dict[str, _Deadline] = {}

    def arm(self, who: str, within: float) -> None:
        """From now on `who` must get on at least every `within` seconds."""
        self._expected[who] = _Deadline(within, self._clock())

    def renew(self, who: str) -> None:
        """`who` got on. Nothing happens when that was not expected."""
        if who in self._expected:
            self._expected[who].last = self._clock()

    def disarm(self, who: str) -> None:
        """`who` is done."""
        self._expected.pop(who, None)

    def missed(self) -> list[str]:
        """Those who should have got on and did not."""
        now = self._clock()
        return [who for who, it in self._expected.items() if now - it.last > it.within]
