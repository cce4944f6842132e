from __future__ import annotations

from array import array

import pytest

from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.hearing.recognisers.pocketsphinx.front_ends import ADULT, CHILDREN, FrontEnd

CHILD = CHILDREN[0]
SAMPLES = array("h", [1, -2, 3, 32767])
HIGHEST_FILTER_HZ = 6800  # Hz, the acoustic model's upperf


def test_an_adults_sound_is_given_as_it_is() -> None:
    assert ADULT.given(SAMPLES.tobytes()) == SAMPLES.tobytes()
    assert ADULT.options()["samprate"] == SAMPLE_RATE_HZ
    assert ADULT.options()["frate"] == 100


def test_a_childs_samples_have_zeros_between_them() -> None:
    given = array("h", CHILD.given(SAMPLES.tobytes()))
    assert given.tolist() == [1, 0, -2, 0, 3, 0, 32767, 0]
    assert CHILD.given(b"") == b""


def test_a_childs_frequencies_are_divided() -> None:
    """A tone at 1300 Hz, taken for one at the declared rate, is one at 1000 Hz."""
    rate = CHILD.options()["samprate"]
    assert 1300 * rate / (2 * SAMPLE_RATE_HZ) == pytest.approx(1000)
    assert rate / 2 > HIGHEST_FILTER_HZ


@pytest.mark.parametrize("front_end", [ADULT, *CHILDREN])
def test_a_frame_is_a_hundredth_of_a_second_of_the_true_sound(front_end: FrontEnd) -> None:
    """PocketSphinx rounds the samples of a frame: (int)(samprate / frate + 0.5)."""
    options = front_end.options()
    shift = int(options["samprate"] / options["frate"] + 0.5)
    assert shift == len(array("h", front_end.given(bytes(2 * SAMPLE_RATE_HZ // 100))))
