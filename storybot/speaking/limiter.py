"""Brings every voice to one loudness, and lowers the peaks that would clip then."""

from __future__ import annotations

from storybot.record import Record
from storybot.speaking.gain import UNITY_GAIN, amplify

LOUDNESS_LUFS = -16.0  # of a story at volume 100, by EBU R128; each voice has its gain to it
BLOCK_S = 0.01  # s that have one gain, but for a ramp
RAMP_STEPS = 4  # in a block whose gain falls
RELEASE = 1.03  # by which the gain rises a block: 26 dB a second
# Of an int16's high byte: 256 times one more than this is more than the sample's magnitude.
_MAGNITUDE = bytes(high if high < 128 else 255 - high for high in range(256))


class Level(Record):
    """What brings a voice to LOUDNESS_LUFS, measured with the standard text (docs/voices.md)."""

    gain_db: float  # at most 24 dB
    ceiling_db: float = -2.0  # of a sample; between two of them a wave goes up to 2 dB higher


class Limiter:
    """A gain that falls, 10 ms before a peak that would be above the ceiling, and rises slowly.

    A block is handed on when the one after it is known. All gains are in 1/256.
    """

    def __init__(self, level: Level, rate: int) -> None:
        """`rate` in Hz."""
        self._usual = round(UNITY_GAIN * 10 ** (level.gain_db / 20))
        self._ceiling = round(32767 * 10 ** (level.ceiling_db / 20))
        self._size = 2 * round(BLOCK_S * rate)  # bytes of a block
        self._now = self._usual  # at the end of what was handed on
        self._rest = b""  # less than a block
        self._block, self._most = b"", self._usual  # that waits, and the gain that it may have

    def feed(self, samples: bytes) -> bytes:
        """int16 samples in; as many out, up to two blocks later."""
        samples = self._rest + samples
        end = len(samples) - len(samples) % self._size
        self._rest = samples[end:]
        blocks = [samples[at : at + self._size] for at in range(0, end, self._size)]
        return b"".join(map(self._next, blocks))

    def end(self) -> bytes:
        """What was not handed on yet; then the next sound may begin."""
        rest, self._rest = self._rest, b""
        return self._next(rest) + self._next(b"")

    def _next(self, block: bytes) -> bytes:
        """Take the next block and hand on the one before it."""
        most = self._most_for(block)
        before, allowed = self._block, min(self._most, most)
        self._block, self._most = block, most
        start = self._now
        self._now = min(allowed, self._usual, max(start + 1, round(start * RELEASE)))
        if self._now >= start:
            return amplify(before, self._now)
        size = max(2, len(before) // (2 * RAMP_STEPS) * 2)
        return b"".join(
            amplify(before[at : at + size], self._ramp(start, at // size))
            for at in range(0, len(before), size)
        )

    def _ramp(self, start: int, step: int) -> int:
        """Gain of one part of a block whose gain falls from `start` to what it is now."""
        return start + (self._now - start) * min(step + 1, RAMP_STEPS) // RAMP_STEPS

    def _most_for(self, block: bytes) -> int:
        """The largest gain at which this block stays below the ceiling."""
        if not block:
            return self._usual
        peak = 256 * (1 + max(block[1::2].translate(_MAGNITUDE)))
        return min(self._usual, self._ceiling * UNITY_GAIN // peak)
