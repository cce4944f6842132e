"""What is asked for, in many ways to say it."""

import pytest

from storybot.telling.asked import wanted_in
from storybot.telling.roles import Wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a cat", [Wanted("cat")]),
        ("cats", [Wanted("cat", plural=True)]),
        ("two brothers", [Wanted("brother", plural=True, count="two")]),
        ("three mice", [Wanted("mouse", plural=True, count="three")]),
        ("a cat called Mimi", [Wanted("cat", "Mimi")]),
        ("a boy called noah and his digger", [Wanted("boy", "Noah"), Wanted("digger")]),
        ("Noah and a digger", [Wanted("", "Noah"), Wanted("digger")]),
        ("lily and the fire truck", [Wanted("", "Lily"), Wanted("fire truck")]),
        ("my teddy bear Bruno", [Wanted("teddy bear", "Bruno")]),
        ("my dog named Sir Barks", [Wanted("dog", "Sir Barks")]),
        ("a boy Tim", [Wanted("boy", "Tim")]),
        ("a birthday cake", [Wanted("birthday cake")]),
        ("ice cream", [Wanted("ice cream")]),
        ("scissors", [Wanted("scissors")]),
        ("the moon", [Wanted("moon")]),
        ("a pink unicorn and a castle", [Wanted("pink unicorn"), Wanted("castle")]),
        ("a gruffalo", [Wanted("gruffalo")]),
        ("Zuri", [Wanted("", "Zuri")]),
        ("zuri", [Wanted("zuri")]),
        ("Santa", [Wanted("santa")]),
        ("a dragon with a hat", [Wanted("dragon"), Wanted("hat")]),
        ("cherries", [Wanted("cherry", plural=True)]),
        ("", []),
        ("the", []),
    ],
)
def test_what_is_wanted(text: str, wanted: list[Wanted]) -> None:
    assert wanted_in(text) == tuple(wanted)
