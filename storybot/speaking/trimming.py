"""Voices add silence of their own around what they speak; how long a pause is, is a setting."""

from __future__ import annotations

MARGIN_S = 0.015  # s kept at both ends: a soft consonant begins or ends below the threshold
_LOUD = bytes(0 if high in (0x00, 0xFF) else 1 for high in range(256))


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

    Silent are samples s with -256 <= s < 256, 42 dB below the loudest: voices that are not made of
    pure tones leave a little noise. `margin` frames of them stay beside each sound.
    """

    def __init__(self, longest: int, margin: int = 0) -> None:
        self._longest, self._margin = longest, min(margin, longest // 2)
        self._begun = False  # a sound was passed on
        self._kept = b""  # silence after the last sound
        self.dropped = 0  # frames so far, those at the end not counted

    def feed(self, samples: bytes) -> bytes:
        """int16 samples in, the same or fewer out, perhaps later."""
        samples = self._kept + samples
        loud = samples[1::2].translate(_LOUD)  # a byte a frame: 1 where it is not silent
        end = loud.rfind(1) + 1
        if end == 0:
            self._kept = samples
            return b""
        self._kept = samples[2 * end :]
        passed, place = [], 0
        while place < end:
            sound = loud.find(1, place)
            passed.append(self._shortened(samples[2 * place : 2 * sound]))
            silence = loud.find(b"\0" * (self._longest + 1), sound, end)
            silence = end if silence < 0 else silence
            passed.append(samples[2 * sound : 2 * silence])
            place = silence
        return b"".join(passed)

    def end(self) -> bytes:
        """What is left at the end: the margin behind the last sound."""
        return self._kept[: 2 * self._margin] if self._begun else b""

    def _shortened(self, silence: bytes) -> bytes:
        """The silence before a sound, as much of it as may stay."""
        frames = len(silence) // 2
        if not self._begun:
            self._begun = True
            stays = min(frames, self._margin)
            self.dropped += frames - stays
            return silence[2 * (frames - stays) :]
        if frames <= self._longest:
            return silence
        self.dropped += frames - self._longest
        behind = self._longest - self._margin  # of the sound before; the rest lies before the next
        return silence[: 2 * behind] + silence[2 * (frames - self._margin) :]
