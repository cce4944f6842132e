from __future__ import annotations

import itertools
import math
from array import array

import pytest

from storybot.hearing.pcm import SAMPLE_RATE_HZ, SincResampler, level_dbfs


def tone(hertz: float, rate: int, seconds: float = 0.5, height: float = 16384.0) -> bytes:
    count = int(rate * seconds)
    turn = 2 * math.pi * hertz / rate
    return array("h", (round(height * math.sin(turn * n)) for n in range(count))).tobytes()


def test_level_is_relative_to_full_scale() -> None:
    assert level_dbfs(tone(440, SAMPLE_RATE_HZ)) == pytest.approx(
        -9.03, abs=0.05
    )  # -6 peak, -3 for a sine
    assert level_dbfs(bytes(3200)) == -96.0
    assert level_dbfs(b"") == -96.0


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000])
def test_a_tone_keeps_its_length_level_and_pitch(rate: int) -> None:
    resampler = SincResampler(rate)
    out = resampler.resample(tone(440, rate)) + resampler.rest()
    assert abs(len(out) / 2 - SAMPLE_RATE_HZ / 2) < 0.03 * SAMPLE_RATE_HZ
    middle = array("h", out)[SAMPLE_RATE_HZ // 8 : -SAMPLE_RATE_HZ // 8]
    assert level_dbfs(middle.tobytes()) == pytest.approx(-9.03, abs=0.3)
    crossings = sum(a < 0 <= b for a, b in itertools.pairwise(middle))
    assert crossings / (len(middle) / SAMPLE_RATE_HZ) == pytest.approx(440, rel=0.02)


def test_what_the_new_rate_cannot_hold_is_filtered_out() -> None:
    resampler = SincResampler(48000)
    assert level_dbfs(resampler.resample(tone(15000, 48000))[3200:]) < -45


def test_pieces_give_the_same_sound_as_the_whole() -> None:
    sound = tone(700, 44100)
    whole = SincResampler(44100).resample(sound)
    pieces = SincResampler(44100)
    cut = [0, 2, 1000, 1002, 20000, len(sound)]
    assert b"".join(pieces.resample(sound[a:b]) for a, b in itertools.pairwise(cut)) == whole
