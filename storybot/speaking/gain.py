"""The volume of samples, without a compiled library."""

from __future__ import annotations

from functools import lru_cache

UNITY_GAIN = 256  # gain 1.0; eight bits of fraction
VOLUME_STEP_DB = 2.0  # of loudness for ten per cent of volume
_FLIP = bytes(value ^ 0x80 for value in range(256))  # int16's high byte to offset binary and back


def amplify(samples: bytes, gain: int) -> bytes:
    """Each int16 sample s of `samples` becomes floor(s * gain / 256), which must be an int16 too.

    All samples are one long integer with a 32-bit lane for each. In offset binary, u = s + 32768,
    one multiplication scales every sample at once: u * gain + 32768 * (256 - gain) = 256 * (s *
    gain / 256 + 32768), which lies between 0 and 2**24. Above 256 the second term is negative and
    borrows from other lanes, but the sum is the same. A quarter of the time that a loop over an
    array takes (`tests/speaking/test_gain.py` has that loop as specification).
    """
    if gain == UNITY_GAIN:
        return samples
    count = len(samples) // 2
    if gain <= 0 or count == 0:
        return bytes(2 * count)
    lanes = bytearray(4 * count)
    lanes[0::4] = samples[0 : 2 * count : 2]
    lanes[1::4] = samples[1 : 2 * count : 2].translate(_FLIP)
    scaled = int.from_bytes(lanes, "little") * gain + _ones(count) * (0x8000 * (UNITY_GAIN - gain))
    product = scaled.to_bytes(4 * count, "little")
    result = bytearray(2 * count)
    result[0::2] = product[1::4]
    result[1::2] = product[2::4].translate(_FLIP)
    return bytes(result)


@lru_cache(maxsize=4)
def _ones(count: int) -> int:
    """`count` lanes that hold 1."""
    return int.from_bytes(b"\1\0\0\0" * count, "little")


def factor(per_cent: float) -> float:
    """What samples are multiplied with: VOLUME_STEP_DB a tenth, so that each sounds as large.

    Below a tenth it falls evenly to silence.
    """
    decibels = VOLUME_STEP_DB * (max(per_cent, 10.0) - 100) / 10
    return float(10 ** (decibels / 20)) * min(1.0, per_cent / 10)


class Gain:
    """A level in per cent that moves to its target over some seconds of sound, without a jump."""

    QUICK = 0.1  # s that even a sudden change takes, so that it does not click

    def __init__(self, per_cent: float, rate: int) -> None:
        self._rate = rate  # Hz
        self._level = self._target = float(per_cent)
        self._step = 0.0  # per cent a sample

    @property
    def target(self) -> float:
        """The level it is moving to, in per cent."""
        return self._target

    @property
    def level(self) -> float:
        """The level of the next sample, in per cent."""
        return self._level

    def move(self, per_cent: float, seconds: float = QUICK) -> None:
        """Change evenly to `per_cent` (0 to 100) while `seconds` of sound are played."""
        self._target = min(100.0, max(0.0, per_cent))
        self._step = abs(self._target - self._level) / max(1.0, seconds * self._rate)

    def jump(self, per_cent: float) -> None:
        """Change to `per_cent` at once; only while nothing is played, or it clicks."""
        self._level = self._target = min(100.0, max(0.0, per_cent))

    def apply(self, samples: bytes) -> bytes:
        """The samples at the present level, which then changes by their number."""
        result = amplify(samples, round(factor(self._level) * UNITY_GAIN))
        if self._level != self._target:
            way = self._step * (len(samples) // 2)
            if abs(self._target - self._level) <= way:
                self._level = self._target
            else:
                self._level += way if self._target > self._level else -way
        return result
