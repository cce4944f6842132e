"""A short soak in every run of the tests; `make soak` is the long one."""

from __future__ import annotations

import pytest

from storybot import models
from storybot.errors import StorybotError
from storybot.telling.program import find_engine
from tests.daemon.soak import soak


def test_a_few_stories_with_faults() -> None:
    try:
        find_engine("")
        models.resolve("default")
    except StorybotError as missing:
        pytest.skip(f"needs the engine and the shipped model: {missing}")
    one, rows, lived = soak(12, seed=3)
    assert one.told >= 8
    assert one.losses == []
    assert lived > 60
    assert rows[-1][1]["tasks"] <= rows[0][1]["tasks"] + 2
