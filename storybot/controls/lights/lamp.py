"""One lamp that can only be on or off: it shows each state of the box as a pattern."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

LOG = logging.getLogger(__name__)

# Seconds on and off in turn; an empty second half is steady light.
PATTERNS_S: dict[str, tuple[float, ...]] = {
    "off": (),
    "listening": (0.1, 3.9),  # a glimpse now and then: a lamp in a child's room
    "hearing": (1.0,),
    "thinking": (0.2, 0.2),
    "telling": (1.5, 0.5),
    "trouble": (0.1, 0.1, 0.1, 1.7),
}


class Lamp:
    """One lamp that can only be on or off shows patterns. Belongs to the event loop."""

    def __init__(self, switch: Callable[[bool], None], release: Callable[[], None]) -> None:
        self._switch, self._release = switch, release
        self._pattern: tuple[float, ...] = ()
        self._next: asyncio.TimerHandle | None = None
        self._broken = False

    def show(self, name: str) -> None:
        pattern = PATTERNS_S[name]
        if self._next is not None:
            self._next.cancel()
            self._next = None
        self._pattern = pattern
        self._turn(0)

    def _turn(self, place: int) -> None:
        self._set(bool(self._pattern) and place % 2 == 0)
        if len(self._pattern) > 1:
            place %= len(self._pattern)
            loop = asyncio.get_running_loop()
            self._next = loop.call_later(self._pattern[place], self._turn, place + 1)

    def _set(self, on: bool) -> None:
        try:
            self._switch(on)
        except OSError as error:
            if not self._broken:
                LOG.warning("the lights do not work (%s); everything else goes on", error)
            self._broken = True
        else:
            self._broken = False

    def close(self) -> None:
        self.show("off")
        with contextlib.suppress(OSError):
            self._release()
