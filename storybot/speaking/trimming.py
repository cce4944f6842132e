"""Voices add silence of their own around a sentence; how long the pause is, is a setting."""

from __future__ import annotations


class TrailingSilenceTrimmer:
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


class SilenceLimiter:
    """Passes samples on without silence at their ends, and with at most `longest` frames inside.

    espeak-ng makes pauses of up to half a second around a quotation.
    """

    def __init__(self, longest: int) -> None:
        self._trimming = TrailingSilenceTrimmer()
        self._longest = 2 * longest  # bytes
        self._allowed = 0  # bytes of silence before the next sound
        self.dropped = 0  # frames so far, those at the end not counted

    def feed(self, samples: bytes) -> bytes:
        """int16 samples in, the same or fewer out, perhaps later."""
        sound = self._trimming.feed(samples)  # ends with a sound, if there is any
        lead = len(sound) - len(sound.lstrip(b"\0"))
        dropped = max(0, lead - lead % 2 - self._allowed)
        if sound:
            self._allowed = self._longest
        self.dropped += dropped // 2
        return sound[dropped:]
