"""A story that is begun before somebody is ready to take its sentences."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from storybot.language.sentence_splitting import Sentence


@asynccontextmanager
async def begun_ahead(
    story: AsyncGenerator[Sentence, None],
) -> AsyncIterator[AsyncIterator[Sentence]]:
    """The sentences of `story`; the first is written from now on. Closes it at the end.

    What writing the first one raises is raised where it is taken.
    """

    async def next_sentence() -> Sentence | None:
        return await anext(story, None)

    async def sentences() -> AsyncIterator[Sentence]:
        sentence = await first
        while sentence is not None:
            yield sentence
            sentence = await next_sentence()

    first = asyncio.create_task(next_sentence())
    try:
        yield sentences()
    finally:
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await story.aclose()
