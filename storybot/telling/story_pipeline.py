"""From the request for a story to the sentences that may be spoken: engine, sentences, filter.

The daemon and `storybot tell` share it.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol

from storybot.errors import StorybotError
from storybot.language.dialogue import Dialogue
from storybot.language.safety_filter import Filter, StoryFilter
from storybot.language.sentence_splitting import Sentence
from storybot.stories.story_request import StoryRequest
from storybot.system.processes import CannotBeKilled
from storybot.telling.engine import Engine
from storybot.telling.engine_figures import EngineFigures
from storybot.telling.story_sentences import sentences_of

LOG = logging.getLogger("storybot")


class RunningEngine(Protocol):
    """An engine that writes a story; it can be stopped, and has figures when it has ended."""

    @property
    def pid(self) -> int | None: ...

    @property
    def figures(self) -> EngineFigures | None: ...

    async def stop(self, grace: float = ...) -> None: ...


class StoryPipeline:
    """Tells one story at a time."""

    def __init__(
        self,
        make_engine: Callable[[], Engine],
        allowed: Filter,
        runs: int = 1,
        niceness: int | None = None,
    ) -> None:
        """`runs`: how often the engine may be started for one story.

        `niceness`: of the engine's process from its first sentence on (see nice(2)).
        """
        self._make_engine, self._allowed = make_engine, allowed
        self._runs, self._niceness = runs, niceness
        self.engine: RunningEngine | None = None  # while it writes
        self.plots: tuple[str, ...] = ()  # names of those that the last story followed
        self.figures: EngineFigures | None = None  # of the last story that was written to its end

    async def sentences(self, request: StoryRequest) -> AsyncGenerator[Sentence, None]:
        """Yield the sentences that may be spoken, each as soon as it is complete.

        A refused sentence is replaced, and a second one in a row ends the story. An engine that
        fails is run again while `runs` allow: the same seed gives the same sentences, and those
        that were yielded already are skipped. Raises what Engine.tell() and DraftsEngine raise.
        """
        story_filter, dialogue = StoryFilter(), Dialogue()
        yielded = 0
        for runs_left in reversed(range(self._runs)):
            try:
                async with aclosing(self._written(request)) as written:
                    async for number, sentence in written:
                        if number <= yielded:
                            continue
                        yielded = number
                        said = story_filter.said(self._allowed, number, sentence.text)
                        quotations = dialogue.quotations(said, sentence.paragraph)
                        yield replace(sentence, text=said, quotations=quotations)
                        if story_filter.over:
                            return
            except Exception as error:
                if not runs_left or isinstance(error, CannotBeKilled):  # it still has its memory
                    raise
                expected = isinstance(error, StorybotError)
                LOG.warning("the engine broke off: %s", error, exc_info=not expected)
            else:
                return

    async def _written(self, request: StoryRequest) -> AsyncGenerator[tuple[int, Sentence], None]:
        """The sentences of one run of the engine, counted from 1."""
        engine, story = self._run(request)
        self.engine = engine
        number, pid = 0, None
        try:
            async with aclosing(story) as sentences:
                async for sentence in sentences:
                    number += 1
                    if engine.pid != pid:  # the parts of a long story have an engine each
                        pid = engine.pid
                        self._lower_priority(pid)
                    yield number, sentence
        finally:
            self.engine, self.figures = None, engine.figures

    def _run(self, request: StoryRequest) -> tuple[RunningEngine, AsyncGenerator[Sentence, None]]:
        """What writes the story, and its sentences: from a plan, or as its opening goes on."""
        engine = self._make_engine()
        if not request.planned:
            given = not request.title
            return engine, sentences_of(engine, request.opening, request.seed, given=given)
        from storybot.telling.planned_story import planned_story  # 1.4 MB until the first story

        writer = planned_story(engine.drafts(), request, self._allowed)
        self.plots = writer.plots
        return writer, writer.sentences()

    def _lower_priority(self, pid: int | None) -> None:
        if pid is not None and self._niceness is not None:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, pid, self._niceness)
