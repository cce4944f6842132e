"""Another sample rate, for a device that cannot do the voice's."""

from __future__ import annotations

from array import array


class Resampler:
    """Linear interpolation from one rate to another, piece by piece without a seam.

    Good enough for speech of a formant synthesiser; sound servers, ALSA's plug devices and aplay
    do this themselves, so it is used for bare hardware alone.
    """

    def __init__(self, source: int, target: int) -> None:
        self._step = source / target  # source samples for each target sample
        self._place = 0.0  # of the next target sample, counted from _last
        self._last = 0  # the sample before the piece to come

    def convert(self, samples: bytes) -> bytes:
        """int16 mono in, int16 mono out; one source sample is held back for the next piece."""
        line = array("h", [self._last])
        line.frombytes(samples)
        count = len(line) - 1
        result = array("h")
        place, step = self._place, self._step
        while place < count:
            index = int(place)
            left = line[index]
            result.append(left + int((line[index + 1] - left) * (place - index)))
            place += step
        self._place = place - count
        self._last = line[-1]
        return result.tobytes()

    def needed(self, frames: int) -> int:
        """Source samples that give about so many target samples."""
        return max(1, round(frames * self._step))
