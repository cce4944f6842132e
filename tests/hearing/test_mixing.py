"""Several channels into one: what each way of recording leaves of a voice."""

from __future__ import annotations

import itertools
import random
from array import array
from collections.abc import Callable, Sequence

import pytest
from test_pcm import tone

from storybot.hearing.mixing import Mixer
from storybot.hearing.pcm import SAMPLE_RATE_HZ, level_dbfs

VOICE = array("h", tone(440, SAMPLE_RATE_HZ))
SILENCE = array("h", bytes(2 * len(VOICE)))
NOISE = array("h", (random.Random(1).randrange(-200, 200) for _ in VOICE))


def interleaved(*sides: Sequence[int]) -> bytes:
    return array("h", itertools.chain.from_iterable(zip(*sides, strict=True))).tobytes()


def turned(side: Sequence[int], share: float = -1.0) -> array[int]:
    return array("h", (round(share * sample) for sample in side))


def late(side: array[int], samples: int) -> array[int]:
    return array("h", [0] * samples) + side[:-samples]


def test_the_mean_of_channels_that_agree() -> None:
    stereo = array("h", [100, 300, -32768, -32768, 32767, 32767]).tobytes()
    assert array("h", Mixer(2).mixed(stereo)).tolist() == [200, -32768, 32767]
    assert Mixer(1).mixed(stereo) == stereo
    assert Mixer(2).mixed(b"") == b""


@pytest.mark.parametrize(
    "sides",
    [
        (VOICE, VOICE),
        (VOICE, turned(VOICE)),
        (VOICE, turned(VOICE, -0.8)),
        (VOICE, SILENCE),
        (SILENCE, SILENCE, SILENCE, VOICE),
        (VOICE, turned(VOICE), SILENCE, SILENCE),
        (VOICE, turned(VOICE), VOICE, turned(VOICE)),
        (VOICE, late(VOICE, 18)),  # 1.1 ms, half a period
        (array("h", (sample + 3000 for sample in turned(VOICE, 0.1))), VOICE),
    ],
)
def test_a_voice_keeps_its_level(sides: Sequence[array[int]]) -> None:
    mono = Mixer(len(sides)).mixed(interleaved(*sides))
    assert len(mono) == 2 * len(VOICE)
    assert level_dbfs(mono) == pytest.approx(level_dbfs(VOICE.tobytes()), abs=4)


def test_a_voice_in_opposite_phase_after_noise_is_heard_at_once() -> None:
    left, right = NOISE + VOICE, turned(NOISE[::-1]) + turned(VOICE)
    mono = array("h", Mixer(2).mixed(interleaved(left, right)))
    voice = mono[len(NOISE) : len(NOISE) + SAMPLE_RATE_HZ // 10]
    assert level_dbfs(voice.tobytes()) == pytest.approx(level_dbfs(VOICE.tobytes()), abs=1)


@pytest.mark.parametrize("cut", [lambda step: step, lambda step: 4 * 1111])
def test_a_stream_in_pieces(cut: Callable[[int], int]) -> None:
    stereo, mixer = interleaved(VOICE, turned(VOICE)), Mixer(2)
    step = cut(4 * SAMPLE_RATE_HZ // 10)
    pieces = [stereo[start : start + step] for start in range(0, len(stereo), step)]
    assert b"".join(map(mixer.mixed, pieces)) == VOICE.tobytes()
