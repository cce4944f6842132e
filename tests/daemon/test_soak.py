"""A short soak in every run of the tests; `make soak` is the long one."""

from __future__ import annotations

import pytest

from storybot.errors import StorybotError
from storybot.models import installed
from storybot.system.engine_program import find_engine
from tests.daemon.soak import soak


@pytest.fixture(autouse=True)
def engine() -> None:
    try:
        find_engine("")
        installed.resolve_model("default")
    except StorybotError as missing:
        pytest.skip(f"needs the engine and the shipped model: {missing}")


def test_a_few_stories_with_faults() -> None:
    one, rows, lived = soak(12, seed=3)
    assert one.count("told") >= 8
    assert one.losses == []
    assert lived > 60
    assert rows[-1][1]["tasks"] <= rows[0][1]["tasks"] + 2


def test_every_story_that_begins_is_counted_once() -> None:
    """Hands on the button begin and stop several stories at one asking."""
    one, _, _ = soak(8, seed=1, faults=("button hammered", "button bounces", "stopped by somebody"))
    assert len(one.begun) > 8
    assert one.count("told") + one.count("stopped") == len(one.begun)
    assert one.count("stopped") > 0 and one.losses == []


def test_nonsense_is_refused() -> None:
    one, _, _ = soak(4, seed=1, faults=("nonsense asked",))
    assert one.refused == one.nonsense > 0
    assert len(one.begun) == one.count("told") == 4
