"""Earcons: short computed signals, played where a sentence would be too long.

They pass the volume as speech does, and are 4 dB softer than speech where they are loudest.
"""

from __future__ import annotations

import math
from array import array
from functools import lru_cache

from storybot.speaking.gain import UNITY_GAIN, amplify

PEAK_AMPLITUDE = 5000  # of 32767
FADE_S = 0.012  # s of fade at both ends of a tone, so that it does not click
DECAY_S = 0.35  # s in which a tone falls to 1/e, as that of a bell does
STEP_S = 0.005  # s of a tone that have one amplitude
PERIODS = 4  # of a sine that are computed; they are repeated
OCTAVE_SHARE = 0.2  # of the amplitude, an octave above the tone

Tones = tuple[tuple[float, float], ...]  # (Hz, s); 0 Hz is silence

# By name. Rising tones ask, falling ones end, low ones refuse; the lullaby, which is storybot's
# own, rocks down to its last tone.
EARCONS: dict[str, Tones] = {
    "ready": ((523.25, 0.09), (659.25, 0.09), (783.99, 0.16)),
    "listening": ((659.25, 0.08), (987.77, 0.12)),
    "understood": ((783.99, 0.07), (0, 0.03), (783.99, 0.10)),
    "not-understood": ((440.00, 0.12), (349.23, 0.18)),
    "stopped": ((659.25, 0.08), (440.00, 0.12)),
    "trouble": ((196.00, 0.18), (0, 0.06), (196.00, 0.18)),
    "lullaby": (
        (0, 0.5), (440.00, 0.7), (523.25, 0.35), (440.00, 0.7), (392.00, 0.35), (349.23, 1.05),
        (392.00, 0.7), (440.00, 0.4), (349.23, 1.6),
    ),
}  # fmt: skip
SOFTER = {"lullaby": 0.4}  # share of PEAK_AMPLITUDE: it is played to who falls asleep


@lru_cache(maxsize=len(EARCONS))
def earcon(name: str, rate: int) -> bytes:
    """The int16 mono samples of an earcon at `rate` Hz; KeyError for a name not in EARCONS."""
    peak = PEAK_AMPLITUDE * SOFTER.get(name, 1.0)
    return b"".join(tone(pitch, seconds, rate, peak) for pitch, seconds in EARCONS[name])


def tone(pitch: float, seconds: float, rate: int, peak: float = PEAK_AMPLITUDE) -> bytes:
    """A sine of `pitch` Hz with a soft octave above it, which fades out; 0 Hz is silence."""
    frames = round(seconds * rate)
    if pitch == 0:
        return bytes(2 * frames)
    size = round(PERIODS * rate / pitch)
    turn = 2 * math.pi * PERIODS / size
    samples = (
        (1 - OCTAVE_SHARE) * math.sin(turn * n) + OCTAVE_SHARE * math.sin(2 * turn * n)
        for n in range(size)
    )
    cycle = array("h", (round(peak * sample) for sample in samples)).tobytes()
    steady = (cycle * (frames // size + 1))[: 2 * frames]
    step = 2 * round(STEP_S * rate)  # bytes
    decaying = b"".join(
        amplify(
            steady[at : at + step],
            round(UNITY_GAIN * math.exp(-at / (2 * rate * DECAY_S))),
        )
        for at in range(0, len(steady), step)
    )
    return _faded(array("h", decaying), max(1, round(FADE_S * rate)))


def _faded(wave: array[int], edge: int) -> bytes:
    """The wave with a linear fade of `edge` frames at both ends."""
    for n in range(min(edge, len(wave) // 2)):
        wave[n] = wave[n] * n // edge
        wave[-1 - n] = wave[-1 - n] * n // edge
    return wave.tobytes()
