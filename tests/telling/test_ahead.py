"""A story begun ahead: its first sentence is written while nobody takes it, and it is closed."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from storybot.errors import StorybotError
from storybot.language.sentence_splitting import Sentence
from storybot.telling.ahead import begun_ahead

TEXTS = ("There was a cat.", "It was small.", "The end.")


class Story:
    """Counts what was written of it."""

    def __init__(self, fails_at: int = 0) -> None:
        self.fails_at = fails_at
        self.written, self.closed = 0, False

    async def sentences(self) -> AsyncGenerator[Sentence, None]:
        try:
            for number, text in enumerate(TEXTS, 1):
                if number == self.fails_at:
                    raise StorybotError("the engine broke off")
                self.written = number
                yield Sentence(text, number, False)
        finally:
            self.closed = True


def test_the_first_sentence_is_written_before_it_is_taken() -> None:
    async def run() -> None:
        story = Story()
        async with begun_ahead(story.sentences()) as sentences:
            await asyncio.sleep(0.01)
            assert story.written == 1
            assert [one.text async for one in sentences] == list(TEXTS)
        assert story.closed

    asyncio.run(run())


@pytest.mark.parametrize("fails_at", [1, 2])
def test_what_writing_raises_is_raised_where_it_is_taken(fails_at: int) -> None:
    async def run() -> None:
        story = Story(fails_at)
        async with begun_ahead(story.sentences()) as sentences:
            await asyncio.sleep(0.01)
            with pytest.raises(StorybotError, match="broke off"):
                async for _ in sentences:
                    pass

    asyncio.run(run())


def test_a_story_that_nobody_takes_is_closed() -> None:
    async def run() -> None:
        story = Story()
        with pytest.raises(RuntimeError, match="no loudspeaker"):
            async with begun_ahead(story.sentences()):
                await asyncio.sleep(0.01)
                raise RuntimeError("no loudspeaker")
        assert story.written == 1 and story.closed

    asyncio.run(run())


def test_a_first_sentence_that_takes_long_is_given_up() -> None:
    async def run() -> None:
        ended = asyncio.Event()

        async def story() -> AsyncGenerator[Sentence, None]:
            try:
                await asyncio.sleep(60)
                yield Sentence(TEXTS[0], 1, False)
            finally:
                ended.set()

        async with begun_ahead(story()):
            await asyncio.sleep(0.01)
        assert ended.is_set()

    asyncio.run(run())
