"""Voices add silence of their own around a sentence; how long the pause is, is a setting."""

from __future__ import annotations


class Trimming:
    """Passes samples on and keeps back the zeros at their end, until sound follows them."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, samples: bytes) -> bytes:
        """int16 samples in; what is sure not to be the silence at the end, out."""
        samples = self._kept + samples
        length = len(samples.rstrip(b"\0"))
        length = min(len(samples), length + length % 2)
        self._kept = samples[length:]
        return samples[:length]


class Squeezing:
    """Passes samples on: no zeros before the first sound, and later never more than `longest`.

    espeak-ng makes pauses of up to half a second around a quotation. Pieces are shorter than
    `longest`, so a silence that is too long always spans the beginning of one.
    """

    def __init__(self, longest: int) -> None:
        self._longest = 2 * longest  # bytes
        self._room = 0  # bytes of silence that may still follow

    def feed(self, samples: bytes) -> bytes:
        """int16 samples in, the same or fewer out."""
        lead = _even(len(samples) - len(samples.lstrip(b"\0")))
        dropped = max(0, lead - self._room)
        if lead == len(samples):
            self._room -= lead - dropped
        else:
            tail = _even(len(samples) - len(samples.rstrip(b"\0")))
            self._room = max(0, self._longest - tail)
        return samples[dropped:]


def _even(count: int) -> int:
    return count - count % 2
