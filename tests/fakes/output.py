"""A loudspeaker that keeps what it plays, faster than life, and can be pulled out."""

from __future__ import annotations

import sys
import threading
import time

from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs.player import FetchSamples

BLOCK = 160  # frames drawn at once


class FakeOutput:
    """Draws in a thread of its own; `speed` times real time."""

    def __init__(self, speed: float = 20.0, latency: float = 0.0) -> None:
        self.holds_much = False  # discard() has it opened anew
        self.underruns = 0
        self.name = "fake speaker"
        self.plugged = True
        self.tells = False  # knows that it was pulled out; else it draws no more, that is all
        self.heard = bytearray()  # what was drawn, without silence
        self.most = sys.maxsize  # frames that it draws, until it may draw more
        self.opened = self.closed = self.finished = 0
        self._speed, self._latency = speed, latency
        self._thread: threading.Thread | None = None
        self._over = threading.Event()

    def open(self, rate: int, fetch: FetchSamples) -> float:
        if not self.plugged:
            raise StorybotError("there is no loudspeaker", Exit.SOUND_OUT)
        self.opened += 1
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._draw, args=(rate, fetch), daemon=True)
        self._thread.start()
        return self._latency

    def alive(self) -> bool:
        return self.plugged or not self.tells

    def discard(self) -> bool:
        return self.holds_much

    def finish(self) -> None:
        self.finished += 1
        self.close()

    def close(self) -> None:
        self.closed += 1
        self._over.set()
        if self._thread is not None:
            self._thread.join(5)

    def pull_out(self) -> None:
        """The device is gone: it draws no more and cannot be opened."""
        self.plugged = False

    def plug_in(self) -> None:
        """It is back, but only for those who open it anew."""
        self.plugged = True

    def _draw(self, rate: int, fetch: FetchSamples) -> None:
        while not self._over.wait(BLOCK / rate / self._speed):
            if not self.plugged:
                return
            self.heard += fetch(min(BLOCK, self.most - len(self.heard) // 2))


def wait_for(condition: object, seconds: float = 20.0) -> bool:
    """Wait until a callable says yes; for threads and slow machines."""
    assert callable(condition)
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        time.sleep(0.005)
    return bool(condition())
