"""Six requests of the round trip; `make round-trip` makes all forty and prints the figures."""

import shutil

import pytest

from storybot.errors import StorybotError
from storybot.system.engine_program import find_engine
from tests.sound.round_trip import Outcome, ask_all, box, table
from tests.sound.spoken import Request, requests, unrelated
from tests.speaking.virtual_speaker import missing


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """Two clean requests, one for two things, one in noise, and two unrelated sentences."""
    if lacking := missing() or ("" if shutil.which("flite") else "flite"):
        pytest.skip(f"needs {lacking}")
    try:
        find_engine("")
    except StorybotError:
        pytest.skip("the engine is not built: run `make engine`")
    asked = requests(5)
    chosen: list[Request] = [asked[0], asked[2], asked[4], asked[1], *unrelated(2)]
    with box() as running:
        return ask_all(running, chosen)


def test_requests_become_stories(outcomes: list[Outcome]) -> None:
    told = [one for one in outcomes[:3] if one.recognised and one.story]
    assert len(told) >= 2, table(outcomes)


def test_most_stories_are_the_right_ones(outcomes: list[Outcome]) -> None:
    assert sum(one.right for one in outcomes[:3]) >= 2, table(outcomes)


def test_something_is_heard_of_every_story(outcomes: list[Outcome]) -> None:
    for one in outcomes:
        if one.recognised:
            assert one.latency is not None


def test_unrelated_sentences_start_no_story(outcomes: list[Outcome]) -> None:
    assert [one.request.words for one in outcomes[4:] if one.recognised] == []
