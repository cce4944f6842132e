"""Several channels into one, without one wiping out the other.

The mean is best where channels agree. A microphone wired in opposite phase, or one that hears much
later than its neighbour, would be taken out by it: then the loudest channel is taken alone.
"""

from __future__ import annotations

from array import array
from operator import mul

WINDOW_S = 0.05  # s of sound judged at once
ENERGY_KEPT = 0.9  # share of the earlier energy that still counts a window later: a time of 0.5 s
# Share of the loudest channel's energy that the mean must have left. Two channels that have nothing
# in common leave 0.5, one that is silent leaves 0.25, opposite phase leaves 0.
MEAN_ENERGY_MIN = 0.35


class Mixer:
    """Mixes a stream of interleaved int16 sound down to mono."""

    def __init__(self, channels: int, rate: int = 16000) -> None:
        self._channels = channels
        self._window = max(1, round(WINDOW_S * rate))  # frames
        self._energy = [0.0] * (channels + 1)  # recent, of each channel and of the mean

    def mixed(self, pcm: bytes) -> bytes:
        """The next stretch of the stream as mono."""
        if self._channels == 1:
            return pcm
        samples, mono = array("h", pcm), array("h")
        step = self._window * self._channels
        for start in range(0, len(samples), step):
            mono.extend(self._window_of(samples[start : start + step]))
        return mono.tobytes()

    def _window_of(self, samples: array[int]) -> array[int]:
        channels = self._channels
        sides = [samples[side::channels] for side in range(channels)]
        mean = array("h", (sum(frame) // channels for frame in zip(*sides, strict=True)))
        self._energy = [
            ENERGY_KEPT * before + _variance(side)
            for before, side in zip(self._energy, [*sides, mean], strict=True)
        ]
        *each, left = self._energy
        loudest = max(each)
        return mean if left >= MEAN_ENERGY_MIN * loudest else sides[each.index(loudest)]


def _variance(samples: array[int]) -> float:
    """Sum of squares around the mean: a constant offset is no sound."""
    square: int = sum(map(mul, samples, samples))
    return square - sum(samples) ** 2 / max(1, len(samples))
