"""A story written from a plan, beat by beat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

from storybot.errors import StorybotError
from storybot.language.sentence_splitting import Sentence, SentenceStream
from storybot.telling.drafts import DraftsEngine
from storybot.telling.engine_figures import EngineFigures
from storybot.telling.engine_process import TERM_GRACE_S
from storybot.telling.plan import Chapter, Place, Plan
from storybot.telling.writing_figures import WritingFigures

if TYPE_CHECKING:
    from storybot.telling.beat_writer import BeatWriter

ROOM_FOR_BEAT = 140  # tokens that a beat may take: keywords, beginning, draft, what is told after
RECAP = (2, 5)  # beats from the story's beginning and its end with which a full context begins anew
SEED_STEP = 16  # from one beat's seed to the next one's; between them lie its rounds


class PlanWriter:
    """Writes one story."""

    def __init__(
        self,
        engine: DraftsEngine,
        plan: Plan,
        seed: int,
        drafts: int,
        allows: Callable[[str], bool],
    ) -> None:
        """`drafts` are drawn at once; `allows` is the safety filter's."""
        self._engine, self._plan, self._seed, self._drafts = engine, plan, seed, drafts
        self._allows = allows
        self._context: list[str] = []  # what the engine's story holds, beat by beat
        self._said: list[str] = []  # its sentences
        self._writer: BeatWriter | None = None  # once something is to be written,
        self._chapter: Chapter | None = None  # of which it writes
        self._starting: asyncio.Task[None] | None = None  # of the engine, for a chapter
        self._stopped = False
        self.counts = WritingFigures()
        self.figures: EngineFigures | None = None  # once it has ended

    @property
    def pid(self) -> int | None:
        """The engine's process id while it writes."""
        return self._engine.pid

    @property
    def plots(self) -> tuple[str, ...]:
        """The names of the plots that the story follows."""
        return self._plan.plots

    async def sentences(self) -> AsyncGenerator[Sentence, None]:
        """Yield the story's sentences as soon as each is sure.

        Raises what DraftsEngine raises, but after a stop() nothing.
        """
        started = time.monotonic()
        first: float | None = None
        try:
            async for sentence in self._written():
                first = first or time.monotonic() - started
                yield sentence
        except StorybotError:
            if not self._stopped:
                raise
        else:
            counts = self.counts
            speed = counts.tokens_drawn / (counts.seconds_drawing or 1.0)
            self.figures = EngineFigures(counts.tokens_kept, speed, first or 0.0, True)
        finally:
            if self._starting is not None:
                self._starting.cancel()
                await asyncio.gather(self._starting, return_exceptions=True)
            await self._engine.stop()

    async def stop(self, grace: float = TERM_GRACE_S) -> None:
        """End the story: TERM, `grace` s, then KILL."""
        self._stopped = True
        await self._engine.stop(grace)

    async def _written(self) -> AsyncGenerator[Sentence, None]:
        beats = 0
        for number, chapter in enumerate(self._plan.chapters):
            if number == 0 or chapter.recall:
                recall = [chapter.recall] * bool(chapter.recall)
                self._starting = asyncio.create_task(self._begin_context(recall))
            for at, beat in enumerate(chapter.beats, 1):
                beats += 1
                if beat.told:  # it may be spoken before the engine knows it
                    for sentence in self._cut(beat.begin, beat.paragraph):
                        yield sentence
                await self._started()
                if self._context and self._engine.room < ROOM_FOR_BEAT:
                    await self._begin_context(_recap(self._context))
                gap = "" if not self._context else "\n" if beat.paragraph else " "
                if beat.told:
                    await self._told(beat.begin, gap)
                    continue
                last = number == len(self._plan.chapters) - 1 and at == len(chapter.beats)
                place = Place(gap, chapter.beats[at:], last)
                seed = self._seed + beats * SEED_STEP
                text = await self._writer_of(chapter).write(beat, place, seed)
                if text:
                    self._context.append(gap + text)
                for sentence in self._cut(text, beat.paragraph):
                    yield sentence

    def _writer_of(self, chapter: Chapter) -> BeatWriter:
        """Who writes this chapter's beats."""
        # The editor is imported while the first sentence is spoken.
        from storybot.telling.beat_writer import BeatWriter

        if self._writer is None:
            self._writer = BeatWriter(self._engine, self.counts, self._drafts, self._said)
        if self._chapter is not chapter:
            self._chapter = chapter
            self._writer.begin(chapter, self._allows)
        return self._writer

    async def _started(self) -> None:
        """Wait for the engine, which starts while the first sentence may be spoken already."""
        if self._starting is not None:
            await self._starting

    async def _begin_context(self, texts: list[str]) -> None:
        """A new child that knows of the story only this: contexts are not endless."""
        self._context = texts
        await self._engine.stop()
        await self._engine.start()
        if texts:
            await self._engine.told("".join(texts).lstrip())

    async def _told(self, text: str, gap: str) -> None:
        self.counts.told(text)
        await self._engine.told(gap + text)
        self._context.append(gap + text)

    def _cut(self, text: str, paragraph: bool) -> list[Sentence]:
        """The sentences of one beat's text, counted on."""
        stream = SentenceStream()
        found = [*stream.feed(text), *stream.end()]
        sentences = [
            Sentence(one.text, len(self._said) + one.number, paragraph and one.number == 1)
            for one in found
        ]
        self._said += [sentence.text for sentence in sentences]
        return sentences


def _recap(texts: list[str]) -> list[str]:
    """The beginning and the end of what was told."""
    begin, end = RECAP
    return texts[:begin] + texts[-end:] if len(texts) > begin + end else texts[-begin:]
