"""Plays nothing: for text alone, and for tests that must not wait."""

from __future__ import annotations

import time

from storybot.config.schema import SpeakingSettings
from storybot.speaking.gain import Gain


class SilentPlayer:
    """Takes samples at once, counts them and drops them."""

    name = "silent"
    latency = 0.0  # s
    underruns = 0

    def __init__(self, rate: int, volume: float) -> None:
        self.gain = Gain(volume, rate)
        self.first_sound: float | None = None
        self._written = 0  # frames

    def open(self) -> None:
        """There is no device."""

    def write(self, samples: bytes) -> bool:
        if self.first_sound is None:
            self.first_sound = time.monotonic()
        self._written += len(samples) // 2
        return True

    def written(self) -> int:
        return self._written

    def played(self) -> int:
        return self._written

    def idle_s(self) -> float:
        return 0.0

    def check(self) -> None:
        """There is no device to lose."""

    def reopen(self) -> None:
        self.open()

    def pause(self) -> None:
        """Nothing is played."""

    def resume(self) -> None:
        """See pause()."""

    def stop(self) -> None:
        """Nothing is queued."""

    def release(self) -> None:
        """There is no device."""

    def close(self) -> None:
        """There is no device."""


def make(settings: SpeakingSettings, rate: int, _: object) -> SilentPlayer:
    """A player that plays nothing."""
    return SilentPlayer(rate, settings.volume)
