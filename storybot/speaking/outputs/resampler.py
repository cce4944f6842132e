"""Converts the sample rate for a device that cannot play the voice's."""

from __future__ import annotations

from array import array


class LinearResampler:
    """Linear interpolation from one rate to another, piece by piece, continuous across pieces.

    Good enough for speech of a formant synthesiser; sound servers, ALSA's plug devices and aplay
    do this themselves, so it is used for bare hardware alone.
    """

    def __init__(self, source: int, target: int) -> None:
        self._source, self._target = source, target  # Hz
        self._place = 0  # of the next sample made, in 1/target of a source sample after _last
        self._last = 0  # the last sample of the piece before

    def convert(self, samples: bytes) -> bytes:
        """int16 mono in, int16 mono out; one source sample is held back for the next piece."""
        line = array("h", [self._last])
        line.frombytes(samples)
        source, target = self._source, self._target
        end = (len(line) - 1) * target
        result = array("h")
        for place in range(self._place, end, source):
            index, part = divmod(place, target)
            left = line[index]
            result.append(left + (line[index + 1] - left) * part // target)
        self._place += len(result) * source - end
        self._last = line[-1]
        return result.tobytes()

    def needed(self, frames: int) -> int:
        """Source samples that give about so many target samples."""
        return max(1, round(frames * self._source / self._target))
