"""Earcons: short computed signals, played where a sentence would be too long."""

from __future__ import annotations

import math
from array import array
from functools import lru_cache

PEAK_AMPLITUDE = 9000  # of 32767: softer than the voice
FADE_S = 0.012  # s of fade at both ends of a tone, so that it does not click

# By name: tones of (Hz, s); 0 Hz is silence. Rising tones ask, falling ones end, low ones refuse.
EARCONS: dict[str, tuple[tuple[float, float], ...]] = {
    "ready": ((523.25, 0.09), (659.25, 0.09), (783.99, 0.16)),
    "listening": ((659.25, 0.08), (987.77, 0.12)),
    "understood": ((783.99, 0.07), (0, 0.03), (783.99, 0.10)),
    "not-understood": ((440.00, 0.12), (349.23, 0.18)),
    "stopped": ((659.25, 0.08), (440.00, 0.12)),
    "trouble": ((196.00, 0.18), (0, 0.06), (196.00, 0.18)),
}


@lru_cache(maxsize=len(EARCONS))
def earcon(name: str, rate: int) -> bytes:
    """The int16 mono samples of an earcon at `rate` Hz; KeyError for a name not in EARCONS."""
    return b"".join(tone(pitch, seconds, rate) for pitch, seconds in EARCONS[name])


def tone(pitch: float, seconds: float, rate: int) -> bytes:
    """A sine of `pitch` Hz with a soft octave above it, faded at both ends."""
    count = round(seconds * rate)
    edge = max(1, round(FADE_S * rate))
    turn = 2 * math.pi * pitch / rate
    wave = array("h")
    for n in range(count):
        loud = PEAK_AMPLITUDE * min(1.0, n / edge, (count - 1 - n) / edge)
        wave.append(round(loud * (0.8 * math.sin(turn * n) + 0.2 * math.sin(2 * turn * n))))
    return wave.tobytes()
