"""A story written from a plan: for each beat drafts, of which the editor keeps one."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Callable

from storybot.errors import StorybotError
from storybot.language.sentence_splitting import Sentence, SentenceStream
from storybot.telling.best_draft import Asked, BestDraft
from storybot.telling.drafts import DraftsEngine
from storybot.telling.editor.choosing import rest_of_plan
from storybot.telling.editor.scene import Past, Scene, story_of
from storybot.telling.engine_figures import EngineFigures
from storybot.telling.engine_process import TERM_GRACE_S
from storybot.telling.plan import Beat, Plan, words_of
from storybot.telling.writing_figures import WritingFigures

# Ranks: a draft must have the first, where the plan may tell the sentence instead; the second,
# where it may be left out.
WORTH_TAKING, WORTH_TELLING, ANY = 2.0, 2.2, -math.inf
OWN_SHARE = 0.675  # of a story's words, which the model is to write
LONGER = 1.15  # times as long as planned are the model's parts of sentences
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
        self._past = Past()
        self._context: list[str] = []  # what the engine's story holds, beat by beat
        self._sentences = 0  # yielded
        self._beats = 0
        self._left: tuple[Beat, ...] = ()  # the chapter's beats after this one
        self._starting: asyncio.Task[None] | None = None  # of the engine, for a chapter
        self._stopped = False
        self.counts = WritingFigures()
        self._best = BestDraft(engine, self.counts)
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
                await asyncio.wait([self._starting])
            await self._engine.stop()

    async def stop(self, grace: float = TERM_GRACE_S) -> None:
        """End the story: TERM, `grace` s, then KILL."""
        self._stopped = True
        await self._engine.stop(grace)

    async def _written(self) -> AsyncGenerator[Sentence, None]:
        for number, chapter in enumerate(self._plan.chapters):
            if number == 0 or chapter.recall:
                self._starting = asyncio.create_task(
                    self._begin_context([chapter.recall] * bool(chapter.recall))
                )
            story = story_of(chapter, self._allows)
            for at, beat in enumerate(chapter.beats, 1):
                self._left = chapter.beats[at:]
                if beat.told:  # it may be spoken before the engine knows it
                    for sentence in self._cut(beat.begin, beat.paragraph):
                        yield sentence
                await self._started()
                if self._context and self._engine.room < ROOM_FOR_BEAT:
                    await self._begin_context(_recap(self._context))
                last = number == len(self._plan.chapters) - 1 and at == len(chapter.beats)
                scene = Scene(story, beat, self._past, last)
                gap = "" if not self._context else "\n" if beat.paragraph else " "
                text = await self._beat(scene, gap)
                if text:
                    self._context.append(gap + text)
                if not beat.told:
                    for sentence in self._cut(text, beat.paragraph):
                        yield sentence

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

    async def _beat(self, scene: Scene, gap: str) -> str:
        """What is told for one beat; "" where it is left out."""
        self._beats += 1
        beat = scene.beat
        if beat.told:
            return await self._told(beat.begin, gap)
        self.counts.beats += 1
        begin = beat.begin if self._engine.knows_keywords else beat.plain_begin
        least = WORTH_TELLING if beat.optional else WORTH_TAKING if self._may_tell(beat) else ANY
        asked = Asked(scene, begin, gap, self._drafts, self._seed + self._beats * SEED_STEP)
        draft = await self._best.keep(asked, least)
        if draft is not None:
            self.counts.kept(begin, draft)
            text = begin + draft.text
            rest = rest_of_plan(text, beat)
            return text + (await self._told(rest, "") if rest else "")
        if beat.optional:
            self.counts.skipped += 1
            return ""
        self.counts.given_up += 1
        return await self._told(beat.sentence, gap)

    def _may_tell(self, beat: Beat) -> bool:
        """Whether the story's words stay the model's by OWN_SHARE if the plan tells this beat."""
        told = self.counts.words_told + len(words_of(beat.sentence))
        written = float(self.counts.words_written)
        for other in self._left:
            given = len(words_of(other.begin))
            told += given
            written += LONGER * (len(words_of(other.sentence)) - given)
        return written >= OWN_SHARE * (told + written)

    async def _told(self, text: str, gap: str) -> str:
        self.counts.told(text)
        await self._engine.told(gap + text)
        return text

    def _cut(self, text: str, paragraph: bool) -> list[Sentence]:
        """The sentences of one beat's text, counted on, and remembered for the rules."""
        stream = SentenceStream()
        found = [*stream.feed(text), *stream.end()]
        sentences = [
            Sentence(one.text, self._sentences + one.number, paragraph and one.number == 1)
            for one in found
        ]
        self._sentences += len(sentences)
        for sentence in sentences:
            self._past.add(sentence.text)
        return sentences


def _recap(texts: list[str]) -> list[str]:
    """The beginning and the end of what was told."""
    begin, end = RECAP
    return texts[:begin] + texts[-end:] if len(texts) > begin + end else texts[-begin:]
