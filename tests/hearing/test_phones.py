"""Whether the phones of what was understood fit the sound."""

from __future__ import annotations

import pytest

from storybot.hearing.recognisers.pocketsphinx.phones import (
    WORST,
    Phone,
    fits,
    of_things,
    slack,
    topic_of,
    worst_fit,
)

CAS = [Phone("castles", name, -0.8) for name in ("K", "AE", "S")]


def test_the_phone_that_was_not_said_stands_out() -> None:
    louder = [Phone("louder", name, -0.7) for name in ("L", "AW", "D", "ER")]
    letter = [*louder[:1], Phone("louder", "AW", -8.9), *louder[2:]]
    assert fits(-2.9, louder, -4.3)
    assert not fits(-2.9, letter, -4.3)
    assert worst_fit(letter) == WORST, "what is below it fits no better or worse"


def test_a_plosive_may_score_lower() -> None:
    assert worst_fit([Phone("stop", "P", -4.0)]) == pytest.approx(-2.5)
    assert worst_fit([Phone("again", "N", -4.0)]) == -4.0


def test_without_phones_nothing_fits() -> None:
    assert worst_fit([]) == WORST
    assert not fits(-1.0, [], -4.3)


def test_only_what_tells_things_apart_counts() -> None:
    words = [Phone("about", "B", -9.0), Phone("two", "UW", -9.0)]
    ending = [Phone("castles", "AH", -9.0), Phone("castles", "L", -1.0)]
    plural = Phone("castles", "Z", -9.0, last=True)
    assert of_things([*words, *CAS, *ending, plural]) == [*CAS, ending[1]]


def test_the_words_about_things() -> None:
    assert topic_of("tell me a story about a cat please") == "about a cat please"
    assert topic_of("tell me a story with a cat") == "with a cat"


def test_what_noise_was_taken_out_of_must_fit_best() -> None:
    assert slack(True, 40.0) < slack(False, 20.0) < slack(False, 40.0)
