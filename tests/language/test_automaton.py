from __future__ import annotations

from itertools import pairwise

import pytest

from storybot.language.automaton import END, START, Automaton
from tests.language.walking import share_of


def test_alternatives_share_equally_and_nothing_is_one_of_them() -> None:
    made = Automaton()
    middle = made.state()
    made.may_say(START, middle, ["big", "very small"])
    made.say(middle, END, ["cat"])
    shares = {said: share_of(made.transitions(), said) for said in ("big cat", "small cat", "cat")}
    assert shares == pytest.approx({"big cat": 1 / 3, "small cat": 0, "cat": 1 / 3})
    assert share_of(made.transitions(), "very small cat") == pytest.approx(1 / 3)


def test_a_chain_of_skips_is_a_skip_with_the_shares_multiplied() -> None:
    made = Automaton()
    states = [START, *(made.state() for _ in range(3)), END]
    for source, target in pairwise(states):
        made.may_say(source, target, ["la"])
    for said, share in (("", 1 / 16), ("la", 1 / 16), ("la la la la", 1 / 16), ("la " * 5, 0)):
        assert share_of(made.transitions(), said) == pytest.approx(share)


def test_of_two_chains_the_likelier_counts() -> None:
    made = Automaton()
    middle = made.state()
    made.skip(START, END, 0.1)
    made.skip(START, middle, 0.5)
    made.skip(middle, END, 0.5)
    assert share_of(made.transitions(), "") == 0.25
    assert len(made.transitions()) == 3
