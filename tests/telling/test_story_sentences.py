"""Stories as sentences: no half sentence is told, and a story that was cut short still ends."""

from __future__ import annotations

import asyncio

import pytest

from storybot.errors import Exit, StorybotError
from storybot.language.story_phrases import CLOSING_SENTENCE
from storybot.telling.story_sentences import sentences_of
from tests.fakes.engine import fake_engine

WHOLE = ["Once upon a time, there was a cat.", '"Hello!" said Tom.', "They played."]


def story(manner: str) -> list[str]:
    async def collect() -> list[str]:
        return [s.text async for s in sentences_of(fake_engine(manner), "Once", 1)]

    return asyncio.run(collect())


def test_a_whole_story_is_told_as_it_is() -> None:
    assert story("whole") == WHOLE


@pytest.mark.parametrize("manner", ["cut", "cut-said"])
def test_a_half_sentence_is_replaced_by_a_closing_one(manner: str) -> None:
    assert story(manner) == [*WHOLE, CLOSING_SENTENCE]


def test_a_last_line_without_a_full_stop_is_told_when_the_model_meant_it() -> None:
    assert story("wordy-end") == [*WHOLE, "The end"]


def test_a_cut_opening_is_no_story() -> None:
    """The limit came before a sentence of the story's own, in one that was given."""
    heard = []

    async def collect() -> None:
        opening = " ".join(WHOLE) + " And so"
        async for sentence in sentences_of(fake_engine("cut"), opening, 1, given=True):
            heard.append(sentence.text)

    with pytest.raises(StorybotError, match="no whole sentence of a story came") as caught:
        asyncio.run(collect())
    assert heard == WHOLE
    assert caught.value.code == Exit.USAGE


def test_an_opening_of_whole_sentences_may_be_all() -> None:
    """A short length, as of 20 tokens, may leave no room for another one."""

    async def collect() -> list[str]:
        told = sentences_of(fake_engine("cut"), " ".join(WHOLE), 1, given=True)
        return [sentence.text async for sentence in told]

    assert asyncio.run(collect()) == [*WHOLE, CLOSING_SENTENCE]


def test_the_first_sentence_does_not_wait_for_the_last() -> None:
    async def first_number() -> bool:
        engine = fake_engine("hang-midway")
        sentences = sentences_of(engine, "Once", 1)
        assert (await anext(sentences)).text == WHOLE[0]
        running = engine.pid is not None
        await sentences.aclose()
        return running and engine.pid is None

    assert asyncio.run(first_number())


def test_before_a_fault_only_whole_sentences_are_told() -> None:
    heard = []

    async def collect() -> None:
        async for sentence in sentences_of(fake_engine("crash"), "Once", 1):
            heard.append(sentence.text)

    with pytest.raises(StorybotError, match="SIGSEGV"):
        asyncio.run(collect())
    assert heard == ["Once upon a time."]


def test_after_a_stop_nothing_more_is_told() -> None:
    async def collect() -> list[str]:
        engine = fake_engine("hang-midway")
        heard = []
        async for sentence in sentences_of(engine, "Once", 1):
            heard.append(sentence.text)
            await engine.stop()
        return heard

    assert CLOSING_SENTENCE not in asyncio.run(collect())


def test_sentences_are_numbered_through_to_the_closing_one() -> None:
    async def numbers() -> list[int]:
        return [s.number async for s in sentences_of(fake_engine("cut"), "Once", 1)]

    assert asyncio.run(numbers()) == [1, 2, 3, 4]


def test_a_sentence_that_never_ends_is_told_in_parts() -> None:
    async def some() -> list[str]:
        sentences = sentences_of(fake_engine("endless"), "Once", 1)
        heard = []
        async for sentence in sentences:
            heard.append(sentence.text)
            if len(heard) == 3:
                break
        await sentences.aclose()
        return heard

    assert all(
        text.startswith("and then") or text.startswith("then") for text in asyncio.run(some())
    )
