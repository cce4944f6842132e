"""Peaks stay below the ceiling, in time and without a jump; what is soft is only made louder."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from storybot.speaking.limiter import RAMP_STEPS, Level, Limiter

RATE = 8000  # Hz: blocks of 80 frames
PIECES = st.lists(st.lists(st.integers(-32768, 32767), max_size=300), max_size=8)


def limited(limiter: Limiter, pieces: list[list[int]]) -> list[int]:
    out = b"".join(limiter.feed(array("h", piece).tobytes()) for piece in pieces)
    return list(array("h", out + limiter.end()))


@given(PIECES, st.floats(0.0, 24.0))
def test_nothing_is_above_the_ceiling_and_nothing_is_lost(
    pieces: list[list[int]], gain_db: float
) -> None:
    result = limited(Limiter(Level(gain_db), RATE), pieces)
    assert len(result) == sum(map(len, pieces))
    assert max(map(abs, result), default=0) <= 32767 * 10 ** (-2 / 20) + 1


def test_what_is_soft_has_the_whole_gain() -> None:
    assert limited(Limiter(Level(6.0206), RATE), [[100, -100] * 200]) == [200, -200] * 200


def test_the_gain_falls_before_a_peak_in_steps_and_rises_slowly() -> None:
    tone = [4000] * 800 + [20000] * 80 + [4000] * 4000
    result = limited(Limiter(Level(6.0206), RATE), [tone])
    gains = [20 * math.log10(out / given) for out, given in zip(result, tone, strict=True)]
    assert gains[719] == gains[0] and gains[720] < gains[0]
    falls = [a - b for a, b in pairwise(gains[:880]) if a > b]
    assert len(falls) == RAMP_STEPS and max(falls) < 2.0
    rises = [b - a for a, b in pairwise(gains[880:]) if b > a]
    assert max(rises) < 0.3 and gains[880 + 800] < gains[-1] == gains[0]
