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


def without_lead(samples: bytes) -> bytes:
    """int16 samples without the zeros before the first sound."""
    length = len(samples.lstrip(b"\0"))
    return samples[len(samples) - length - length % 2 :]
