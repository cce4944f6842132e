"""One story at work: engine, filter, voice and library, from its opening to its last word."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import datetime
from typing import Protocol, TypeVar

from storybot.config.schema import Settings
from storybot.daemon.health import Emit, Health
from storybot.daemon.shared_settings import SharedSettings
from storybot.daemon.speaker_service import SpeakerService
from storybot.errors import StorybotError
from storybot.language.safety_filter import StoryFilter
from storybot.robot.events import Part, StoryBegan, StoryFailed, StoryTold
from storybot.speaking.captions import OnWord
from storybot.stories.library import KeptStory, Library, kept_story
from storybot.stories.story_request import StoryRequest
from storybot.system.processes import CannotBeKilled
from storybot.telling.engine import Engine
from storybot.telling.story_sentences import sentences_of

LOG = logging.getLogger("storybot")
# runs of the engine for one story; the second goes on where the first broke off
ENGINE_RUNS_PER_STORY = 2
STORIES_UNTIL_ENGINE_LOST = 3  # stories lost in a row after which the engine counts as missing
ENGINE_PROBE_INTERVAL_S = 10.0  # s between two tries to have a missing engine back
# s from one sentence to the next, a loudspeaker away for a while included
SENTENCE_DEADLINE_S = 300.0
LAST_SAVE_TIMEOUT_S = 1.0  # s that the disk has for the last story when the daemon ends
ENGINE_NICENESS = 10  # of the engine: on one core it must not make the voice stutter
ENGINE_TERM_GRACE_S = 0.5  # s between TERM and KILL of an engine that nobody listens to


Result = TypeVar("Result")
Ready = asyncio.Queue[str | Exception | None]  # sentences; then None, or what went wrong


class Watchers(Protocol):
    """Who is told the story's text as it is heard."""

    def sentence(self, story: int, text: str) -> None: ...

    def word(self, story: int, text: str) -> None: ...


class NarratorService:
    """Tells one story at a time."""

    def __init__(
        self,
        make: Callable[[], Engine],
        speaker: SpeakerService,
        shared: SharedSettings,
        emit: Emit,
        watchers: Watchers,
    ) -> None:
        self.make, self.library = make, Library(shared.settings.library)
        self._speaker, self._emit, self._watchers = speaker, emit, watchers
        self._shared = shared
        self._kept_as = shared.settings.library
        self.health = Health("narrator", emit, Part.ENGINE)
        self._engine: Engine | None = None
        self._task: asyncio.Task[None] | None = None
        self._disk = ThreadPoolExecutor(1, "library")
        self._disk_trouble = False
        self._saving: set[asyncio.Future[KeptStory]] = set()
        self._lost = 0  # stories in a row
        self._broke: Exception | None = None  # what ended the engine last
        self._probing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Nothing runs until a story begins."""

    def task(self) -> asyncio.Task[None] | None:
        return None

    def apply(self, settings: Settings) -> None:
        """The next story is written and kept as they say."""
        if settings.library != self._kept_as:
            self._kept_as, self.library = settings.library, Library(settings.library)

    def begin(self, request: StoryRequest, number: int) -> None:
        """Tell `request`; what becomes of it is emitted under `number`."""
        self._task = asyncio.create_task(self._tell(request, number))

    async def stop_story(self) -> None:
        """Silence at once, the engine ended; what was told so far is kept."""
        task, self._task = self._task, None
        engine = self._engine
        if task is not None:  # first, or it would say its next sentence into the silence
            task.cancel()
        self._speaker.silence()
        if engine is not None:
            try:
                await engine.stop(ENGINE_TERM_GRACE_S)
            except CannotBeKilled as error:
                self.missing(str(error))
        if task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._speaker.silence()

    async def stop(self) -> None:
        """Nothing of a story is left behind."""
        if self._probing is not None:
            self._probing.cancel()
        await self.stop_story()
        self._disk.shutdown(wait=False)
        if self._saving:
            await asyncio.wait(self._saving, timeout=LAST_SAVE_TIMEOUT_S)

    async def check(self) -> None:
        """Have the engine write two tokens: StorybotError when model or engine is unfit."""
        engine = self.make()
        async with aclosing(engine.tell("Once", 1, 4)) as pieces:
            async for _ in pieces:
                pass

    async def _tell(self, request: StoryRequest, number: int) -> None:
        told: list[str] = []
        whole = False
        self.health.expect(SENTENCE_DEADLINE_S)
        try:
            await self._aloud(request, number, told)
            await self._speaker.silent()
            whole, self._lost = True, 0
            self._emit(StoryTold(number))
        except Exception as error:  # whatever it is, the robot must not wait for ever
            LOG.warning("the story was lost: %s", error, exc_info=not _is_expected(error))
            self._emit(StoryFailed(number, str(error)))
            if error is self._broke:
                self._count_loss(str(error))
        finally:
            self.health.at_rest()
            if told:
                self._save(request, " ".join(told), whole)

    async def _aloud(self, request: StoryRequest, number: int, told: list[str]) -> None:
        """Write ahead of the voice; say each sentence as the one before it is nearly over."""
        ready: Ready = asyncio.Queue()
        writing = asyncio.create_task(self._write(request, ready))
        try:
            while (text := await ready.get()) is not None:
                if isinstance(text, Exception):
                    self._broke = text
                    raise text
                self.health.progress()
                told.append(text)
                await self._speaker.tell(
                    text, self._heard(request, number, text, first=len(told) == 1)
                )
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing

    def _heard(self, request: StoryRequest, number: int, text: str, first: bool) -> OnWord:
        """What to do as a sentence is heard: its first word tells that it began."""
        begun = False

        def on_word(word: str) -> None:
            nonlocal begun
            if not begun:
                begun = True
                if first:
                    self._emit(StoryBegan(number))
                self._watchers.sentence(request.number, text)
            self._watchers.word(request.number, word)

        return on_word

    async def _write(self, request: StoryRequest, ready: Ready) -> None:
        """Put what may be said into `ready`, then None, or the error that ended it.

        An engine that breaks off is run again: the same seed gives the same sentences, of which
        those already handed on are passed over.
        """
        done = 0  # sentences handed on
        telling = StoryFilter()
        last: Exception | None = None
        for _ in range(ENGINE_RUNS_PER_STORY):
            try:
                self._engine = self.make()
                number = 0
                async with aclosing(
                    sentences_of(self._engine, request.opening, request.seed)
                ) as sentences:
                    async for sentence in sentences:
                        number += 1
                        if number == 1:
                            _lower_priority(self._engine.pid)
                        if number <= done:
                            continue
                        done = number
                        ready.put_nowait(telling.said(self._shared.allowed, number, sentence.text))
                        if telling.over:
                            ready.put_nowait(None)
                            return
            except CannotBeKilled as error:  # another one would be in its way
                last = error
                self.missing(str(error))
                break
            except Exception as error:  # who waits for `ready` must learn of it
                last = error
                LOG.warning("the engine broke off: %s", error, exc_info=not _is_expected(error))
            else:
                last = None
                break
            finally:
                self._engine = None
        ready.put_nowait(last)

    def _count_loss(self, sentence: str) -> None:
        self._lost += 1
        if self._lost >= STORIES_UNTIL_ENGINE_LOST:
            self.missing(sentence)

    def missing(self, sentence: str) -> None:
        """The engine does not work; look quietly for when it does."""
        self.health.failed(sentence, at_once=True)
        if self._probing is None:
            self._probing = asyncio.create_task(self._probe())

    async def _probe(self) -> None:
        while True:
            await asyncio.sleep(ENGINE_PROBE_INTERVAL_S)
            try:
                await self.check()
            except (StorybotError, OSError) as error:
                LOG.debug("still no engine: %s", error)
            else:
                break
        self._lost, self._probing = 0, None
        self.health.working()

    async def read_library(self, read: Callable[[Library], Result]) -> Result:
        """What `read` finds in the library, in the thread that writes there: a disk may be slow."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._disk, read, self.library)

    def _save(self, request: StoryRequest, text: str, whole: bool) -> None:
        """Keep the story, in a thread: a slow disk must not hold up anything."""
        story = kept_story(request, text, whole, datetime.now().astimezone())
        loop = asyncio.get_running_loop()
        with contextlib.suppress(RuntimeError):  # the service was stopped
            saving = loop.run_in_executor(self._disk, self.library.save, story)
            self._saving.add(saving)
            saving.add_done_callback(self._saved)

    def _saved(self, saving: asyncio.Future[KeptStory]) -> None:
        self._saving.discard(saving)
        error = None if saving.cancelled() else saving.exception()
        if error is not None and not self._disk_trouble:
            LOG.warning(
                "stories cannot be kept in %s (%s); everything else goes on",
                self.library.folder,
                error,
            )
        self._disk_trouble = error is not None


def _is_expected(error: Exception) -> bool:
    return isinstance(error, StorybotError)


def _lower_priority(pid: int | None) -> None:
    if pid is not None:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, ENGINE_NICENESS)
