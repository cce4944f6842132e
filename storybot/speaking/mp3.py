"""A wav as MP3, which phones and loudspeakers of all kinds play; by LAME (package lameenc)."""

from __future__ import annotations

import wave
from importlib.util import find_spec
from pathlib import Path

BIT_RATE_KBPS = 64  # one voice: 0.5 MB a minute, a fifth of the wav
QUALITY = 5  # of 2 (best) to 7 (fastest)
PIECE_S = 1.0  # of sound in memory at a time


def is_possible() -> bool:
    """Whether the encoder is installed."""
    return find_spec("lameenc") is not None


def encode(wav: Path, mp3: Path) -> None:
    """Write `mp3` from `wav`, which is int16 mono; OSError where that cannot be done."""
    import lameenc

    with wave.open(str(wav), "rb") as sound, mp3.open("wb") as file:
        rate = sound.getframerate()
        encoder = lameenc.Encoder()
        encoder.silence()  # it would write to stdout
        encoder.set_channels(1)
        encoder.set_in_sample_rate(rate)
        encoder.set_bit_rate(BIT_RATE_KBPS)
        encoder.set_quality(QUALITY)
        while samples := sound.readframes(int(PIECE_S * rate)):
            file.write(encoder.encode(samples))
        file.write(encoder.flush())
