"""The pipeline from a request to sentences: filter, engine that fails, end."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from storybot.errors import StorybotError
from storybot.language.safety_filter import Filter, load_filter
from storybot.language.story_phrases import SAFE_ENDING
from storybot.stories.story_request import StoryRequest
from storybot.telling.story_pipeline import StoryPipeline
from tests.fakes.telling import Engines

REQUEST = StoryRequest("A story.", "Once there was a cat.", 7)
BAD = "He took a knife to murder him."


def told(engines: Engines, allowed: Filter, runs: int = 1) -> list[str]:
    async def main() -> list[str]:
        pipeline = StoryPipeline(lambda: cast(Any, engines.make()), allowed, runs)
        found = [sentence.text async for sentence in pipeline.sentences(REQUEST)]
        assert pipeline.engine is None
        assert pipeline.figures is not None or SAFE_ENDING in found
        return found

    return asyncio.run(main())


def test_refused_sentences_are_replaced_and_two_in_a_row_end_the_story() -> None:
    engines, allowed = Engines(), load_filter()
    engines.text = f"One. {BAD} Two."
    once = told(engines, allowed)
    assert once[1] == "One." and once[3] == "Two." and once[2] not in (BAD, "")
    engines.text = f"One. {BAD} {BAD} Two."
    twice = told(engines, allowed)
    assert len(twice) == 4 and twice[-1] == SAFE_ENDING


@pytest.mark.parametrize("after", [0, 3, 9])
def test_a_second_run_continues_where_the_first_failed(after: int) -> None:
    whole = told(Engines(), Filter())
    engines = Engines()
    engines.crashes, engines.after = 1, after
    assert told(engines, Filter(), runs=2) == whole
    assert len(engines.asked) == 2 and engines.asked[0] == engines.asked[1]


def test_an_engine_that_keeps_failing_is_an_error() -> None:
    engines = Engines()
    engines.crashes = 2
    with pytest.raises(StorybotError, match="SIGKILL"):
        told(engines, Filter(), runs=2)
