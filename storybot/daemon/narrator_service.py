"""Tells one story at a time: the pipeline writes ahead, the speaker speaks, the library keeps."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from typing import Protocol, TypeVar

from storybot.config.schema import Settings
from storybot.daemon.configuration import Configuration
from storybot.daemon.health import Emit, Health
from storybot.daemon.keeping import is_worth_keeping
from storybot.daemon.speaker_service import SpeakerService
from storybot.errors import StorybotError
from storybot.language.sentence_splitting import Sentence
from storybot.robot.events import Part, Started, StoryBegan, StoryFailed, StoryGoesOn, StoryTold
from storybot.speaking.captions import OnWord
from storybot.stories.library import KeptStory, Library, kept_story
from storybot.stories.story_request import StoryRequest, next_chapter
from storybot.system.processes import GONE_CHECK_INTERVAL_S, CannotBeKilled
from storybot.telling.engine import Engine
from storybot.telling.engine_probe import probe
from storybot.telling.story_pipeline import RunningEngine, StoryPipeline

LOG = logging.getLogger("storybot")
ENGINE_RUNS_PER_STORY = 2  # the second continues where the first one failed
STORIES_UNTIL_ENGINE_LOST = 3  # failed one after the other
ENGINE_PROBE_INTERVAL_S = 10.0  # between two tests of an engine that is lost
SENTENCE_DEADLINE_S = 300.0  # from one sentence to the next; the loudspeaker may be lost meanwhile
LAST_SAVE_TIMEOUT_S = 1.0  # for the last story to reach the disk when the daemon ends
ENGINE_NICENESS = 10  # on one core the engine must not make the voice stutter
ENGINE_TERM_GRACE_S = 0.5  # between TERM and KILL of an engine whose story was stopped
TEST_TOKENS = 8  # of the story that shows that the engine works
RECENT_STORIES = 12  # whose plots are not told again, where others fit

Result = TypeVar("Result")
# Sentences; then None, or the error that ended them.
Ready = asyncio.Queue[Sentence | Exception | None]


class Watchers(Protocol):
    """Who is told the story's text as it is heard."""

    def sentence(self, story: int, text: str) -> None: ...

    def word(self, story: int, text: str) -> None: ...


class NarratorService:
    """From the opening of a story to its last word."""

    def __init__(
        self,
        configuration: Configuration,
        make: Callable[[], Engine],
        speaker: SpeakerService,
        emit: Emit,
        watchers: Watchers,
    ) -> None:
        self.make, self.library = make, Library(configuration.settings.library)
        self._configuration = configuration
        self._speaker, self._emit, self._watchers = speaker, emit, watchers
        self._library_settings = configuration.settings.library
        self.health = Health("narrator", emit, Part.ENGINE)
        self._pipeline: StoryPipeline | None = None  # of the last story
        self._begun: StoryRequest | None = None  # the last story
        self._recent: deque[tuple[str, ...]] = deque(maxlen=RECENT_STORIES)  # their plots
        self._task: asyncio.Task[None] | None = None
        self._disk = ThreadPoolExecutor(1, "library")
        self._disk_failed = False
        self._saving: set[asyncio.Future[KeptStory]] = set()
        self._failed_stories = 0  # one after the other
        self._engine_error: Exception | None = None  # that ended the last story
        self._probing: asyncio.Task[None] | None = None
        self._unkillable: CannotBeKilled | None = None  # the engine that KILL did not end

    @property
    def engine(self) -> RunningEngine | None:
        """The engine that is writing now."""
        return None if self._pipeline is None else self._pipeline.engine

    async def start(self) -> None:
        """Nothing runs until a story begins."""

    async def remembered(self) -> Started:
        """What the library knows of the time before this start, its latest plots for oneself."""
        latest, number = await self.read_library(
            lambda kept: (kept.latest(RECENT_STORIES), kept.newest())
        )
        self._recent.extend(story.plots for story in reversed(latest))
        return Started(latest[0].request() if latest else None, number)

    def task(self) -> asyncio.Task[None] | None:
        return None

    def apply(self, settings: Settings) -> None:
        if settings.library != self._library_settings:
            self._library_settings, self.library = settings.library, Library(settings.library)

    def begin(self, request: StoryRequest, number: int) -> None:
        """Tell the story asked for; events about it carry `number`."""
        self._begun = self._with_recent(request)
        self._task = asyncio.create_task(self._tell(self._begun, number))

    def _with_recent(self, request: StoryRequest) -> StoryRequest:
        """The request with the plots that its plan avoids; those it had, if it is told again.

        Its next chapter has the same, or its heroes would be others.
        """
        if request.recent is not None:
            return request
        begun = self._begun
        if begun is not None and _is_of_story(request, replace(begun, recent=None)):
            return replace(request, recent=begun.recent)
        return replace(request, recent=tuple(plot for plots in self._recent for plot in plots))

    async def stop_story(self) -> None:
        """Be silent at once and end the engine; what was told so far is kept."""
        task, self._task = self._task, None
        engine = self.engine
        if task is not None:  # first, or it would say its next sentence after the stop
            task.cancel()
        self._speaker.silence()
        if engine is not None:
            try:
                await engine.stop(ENGINE_TERM_GRACE_S)
            except CannotBeKilled as error:
                self.engine_lost(error)
        if task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._speaker.silence()

    async def stop(self) -> None:
        """End the story, and wait a moment for the library."""
        if self._probing is not None:
            self._probing.cancel()
        await self.stop_story()
        self._disk.shutdown(wait=False)
        if self._saving:
            await asyncio.wait(self._saving, timeout=LAST_SAVE_TIMEOUT_S)

    async def check(self) -> None:
        """Have the engine write a few tokens; StorybotError when model or engine does not work."""
        planned = self._configuration.settings.telling.plot == "on"
        await probe(self.make(), planned, TEST_TOKENS)

    async def _tell(self, request: StoryRequest, number: int) -> None:
        told: list[str] = []
        whole = False
        self.health.expect(SENTENCE_DEADLINE_S)
        try:
            await self._speak(request, number, told)
            await self._speaker.silent()
            whole, self._failed_stories = True, 0
            self._emit(StoryTold(number))
        except Exception as error:  # whatever it is, the robot must not wait for ever
            expected = isinstance(error, StorybotError)
            LOG.warning("the story was lost: %s", error, exc_info=not expected)
            self._emit(StoryFailed(number, str(error)))
            if error is self._engine_error:
                self._count_failure(error)
        finally:
            self.health.at_rest()
            plots = self._pipeline.plots if self._pipeline is not None else ()
            self._recent.append(plots)
            if is_worth_keeping(told, whole):
                self._save(request, " ".join(told), whole, plots)

    async def _speak(self, request: StoryRequest, number: int, told: list[str]) -> None:
        """Have the engine write ahead; say each sentence when the one before it is nearly over."""
        ready: Ready = asyncio.Queue()
        writing = asyncio.create_task(self._write(request, ready))
        try:
            while (sentence := await ready.get()) is not None:
                if isinstance(sentence, Exception):
                    self._engine_error = sentence
                    raise sentence
                self.health.progress()
                text = sentence.text
                told.append(text)
                await self._speaker.tell(sentence, self._on_word(request, number, text, len(told)))
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing

    async def _write(self, request: StoryRequest, ready: Ready) -> None:
        """Put what may be said into `ready`, then None, or the error that ended the story."""
        self._pipeline = StoryPipeline(
            self.make, self._configuration.allowed, ENGINE_RUNS_PER_STORY, ENGINE_NICENESS
        )
        try:
            async with aclosing(self._pipeline.sentences(request)) as sentences:
                async for sentence in sentences:
                    ready.put_nowait(sentence)
        except Exception as error:  # whoever waits for `ready` must learn of it
            if isinstance(error, CannotBeKilled):
                self.engine_lost(error)
            ready.put_nowait(error)
        else:
            ready.put_nowait(None)

    def _on_word(self, request: StoryRequest, number: int, text: str, place: int) -> OnWord:
        """What to do as the sentence at this place of the story is heard.

        Its first word tells that it began.
        """
        begun = False

        def on_word(word: str) -> None:
            nonlocal begun
            if not begun:
                begun = True
                if place == 1:
                    self._emit(StoryBegan(number))
                elif place == 2:
                    self._emit(StoryGoesOn(number))
                self._watchers.sentence(request.number, text)
            self._watchers.word(request.number, word)

        return on_word

    def _count_failure(self, error: Exception) -> None:
        self._failed_stories += 1
        if self._failed_stories >= STORIES_UNTIL_ENGINE_LOST:
            self.engine_lost(error)

    def engine_lost(self, error: Exception) -> None:
        """The engine does not work: say so, and test it from time to time until it does."""
        self.health.failed(str(error), at_once=True)
        if isinstance(error, CannotBeKilled):
            self._unkillable = error
        if self._probing is None:
            self._probing = asyncio.create_task(self._probe())

    async def _probe(self) -> None:
        while True:
            if self._unkillable is None:
                await asyncio.sleep(ENGINE_PROBE_INTERVAL_S)
            else:  # it still has its memory: there may be none for a second one
                while not self._unkillable.gone:
                    await asyncio.sleep(GONE_CHECK_INTERVAL_S)
                self._unkillable = None
            try:
                await self.check()
            except (StorybotError, OSError) as error:
                self.engine_lost(error)
            else:
                break
        self._failed_stories, self._probing = 0, None
        self.health.working()

    async def read_library(self, read: Callable[[Library], Result]) -> Result:
        """Call `read` in the thread that writes there: a disk may be slow."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._disk, read, self.library)

    async def forget(self) -> int:
        """Forget every story; returns how often that was done. StorybotError where it fails."""
        self._begun = None
        self._recent.clear()
        return await self.read_library(lambda library: library.clear())

    def _save(self, request: StoryRequest, text: str, whole: bool, plots: tuple[str, ...]) -> None:
        """Keep the story, in a thread: a slow disk must not hold up the event loop."""
        story = kept_story(request, text, whole, time.localtime(), plots)
        loop = asyncio.get_running_loop()
        with contextlib.suppress(RuntimeError):  # the service was closed
            saving = loop.run_in_executor(self._disk, self.library.save, story)
            self._saving.add(saving)
            saving.add_done_callback(self._saved)

    def _saved(self, saving: asyncio.Future[KeptStory]) -> None:
        self._saving.discard(saving)
        error = None if saving.cancelled() else saving.exception()
        if error is not None and not self._disk_failed:
            LOG.warning(
                "stories cannot be kept in %s (%s); everything else goes on",
                self.library.folder,
                error,
            )
        self._disk_failed = error is not None


def _is_of_story(request: StoryRequest, begun: StoryRequest) -> bool:
    """Whether the request is for that story again, or for its next chapter."""
    return request in (begun, next_chapter(begun))
