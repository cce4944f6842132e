"""Volume: the fast way gives exactly what the plain loop gives."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.speaking.gain import UNITY_GAIN, VOLUME_STEP_DB, Gain, amplify, factor

SAMPLES = st.lists(st.integers(-32768, 32767), max_size=300)


def plain(samples: list[int], gain: int) -> list[int]:
    """The specification."""
    return [sample * gain // UNITY_GAIN for sample in samples]


@given(SAMPLES, st.integers(0, UNITY_GAIN))
def test_amplify_is_the_plain_loop(samples: list[int], gain: int) -> None:
    result = array("h", amplify(array("h", samples).tobytes(), gain))
    assert list(result) == plain(samples, gain)


def test_full_volume_is_untouched_and_none_is_silence() -> None:
    samples = array("h", [1, -1, 32767, -32768]).tobytes()
    assert amplify(samples, UNITY_GAIN) is samples
    assert amplify(samples, 0) == bytes(8)


def loudness(gain: Gain, frames: int) -> int:
    return max(array("h", gain.apply(array("h", [10000] * frames).tobytes())), default=0)


def test_a_gain_stays_where_it_is() -> None:
    gain = Gain(50, 1000)
    assert [loudness(gain, 100) for _ in range(3)] == [3164] * 3  # 10 dB less


def test_equal_steps_of_volume_are_equal_steps_of_loudness() -> None:
    steps = [20 * math.log10(factor(p + 10) / factor(p)) for p in range(10, 100, 10)]
    assert steps == pytest.approx([VOLUME_STEP_DB] * 9)
    assert (factor(100), factor(0)) == (1.0, 0.0)
    assert factor(5) == factor(10) / 2


@given(st.lists(st.integers(-8000, 8000), max_size=300), st.integers(UNITY_GAIN, 4 * UNITY_GAIN))
def test_amplify_makes_louder_too(samples: list[int], gain: int) -> None:
    result = array("h", amplify(array("h", samples).tobytes(), gain))
    assert list(result) == plain(samples, gain)


@pytest.mark.parametrize(("start", "end"), [(100, 0), (20, 80)])
def test_a_gain_moves_evenly_over_played_sound(start: int, end: int) -> None:
    gain = Gain(start, 1000)
    gain.move(end, 2.0)
    levels = []
    for _ in range(20):
        levels.append(gain.level)
        loudness(gain, 100)
    steps = {round(b - a, 6) for a, b in pairwise(levels)}
    assert steps == {(end - start) / 20}
    assert gain.level == gain.target == end


def test_without_sound_it_does_not_move() -> None:
    gain = Gain(100, 1000)
    gain.move(0, 1.0)
    gain.apply(b"")
    assert gain.level == 100


def test_bounds() -> None:
    gain = Gain(50, 1000)
    gain.jump(150)
    assert gain.level == 100
    gain.move(-5)
    assert gain.target == 0
