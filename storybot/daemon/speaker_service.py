"""Says what it is given, in order, and opens the loudspeaker again when it was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from storybot.config.schema import Settings
from storybot.daemon.configuration import Configuration
from storybot.daemon.echo_filter import EchoFilter
from storybot.daemon.health import Emit, Health
from storybot.daemon.lost_sound import LostSound
from storybot.daemon.loudspeaker_revival import LoudspeakerRevival
from storybot.daemon.restarting_task import RestartingTask
from storybot.errors import StorybotError
from storybot.language.sentence_splitting import Sentence
from storybot.robot.events import Part
from storybot.speaking.captions import OnWord
from storybot.speaking.pauses import Place
from storybot.speaking.speaker import Speaker
from storybot.speaking.synthesizer import Spoken

CHECK_INTERVAL_S = 0.25  # between two checks of the loudspeaker
# Deadlines after which the watchdog is not fed, as nothing but a new process ends a sound library
# that hangs. One of them is always in force.
PLAYBACK_DEADLINE_S = 8.0  # without a sample played, while there is something to say
OPEN_DEADLINE_S = 20.0  # for one attempt to load the voice and to open the loudspeaker
GIVE_UP_TIMEOUT_S = 3.0  # for calls that wait for a lost loudspeaker to end
IDLE_RELEASE_S = 0.5  # without anything to say, after which the loudspeaker is released


class SpeakerService:
    """One Speaker, opened again and again while there is no loudspeaker."""

    def __init__(
        self, configuration: Configuration, make: Callable[[Settings, str], Speaker], emit: Emit
    ) -> None:
        """`make` is given settings and profile."""
        self._make, self._profile = make, configuration.profile
        self._settings = configuration.settings.speaking  # of the newest speaker
        self.speaker = make(configuration.settings, configuration.profile)
        self.health = Health("speaker", emit, Part.VOICE)
        self._restarting = RestartingTask(self.health, self._work)
        self._open = asyncio.Event()
        self._tried = asyncio.Event()
        self._jobs: set[asyncio.Task[Any]] = set()
        self._stops = 0
        self._opening = 0  # attempts to open a speaker that are under way
        self._replacing_speaker = False  # the old speaker is closed and the next one not open yet
        self._revival = LoudspeakerRevival(self._play_ready, self._begin)
        self._draining: asyncio.Task[None] | None = None
        self._replacing: asyncio.Task[None] | None = None
        self._echo_filter = EchoFilter()
        self.lost_sound = LostSound("the loudspeaker ran dry")
        self.sounding = False
        self.speaking = False  # words, not only earcons
        self.on_speaking_changed: Callable[[], None] = lambda: None  # speaking changed

    async def start(self) -> None:
        self._restarting.start()

    async def stop(self) -> None:
        """Be silent and release the loudspeaker."""
        await self._restarting.stop()
        if self._replacing is not None:
            self._replacing.cancel()  # or it would open another loudspeaker once this one is silent
        self._revival.stop()
        self.speaker.stop()
        await self.speaker.close()

    def task(self) -> asyncio.Task[None] | None:
        return self._restarting.task

    def apply(self, settings: Settings) -> None:
        if settings.speaking != self._settings:
            self._settings = settings.speaking
            self.replace(lambda: self._make(settings, self._profile))

    async def _work(self) -> None:
        try:
            await self._open_speaker()
        finally:
            self._tried.set()
        self.health.working()
        self._open.set()
        self.health.expect(PLAYBACK_DEADLINE_S)
        played, idle_since = -1, 0.0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            self._look_for_trouble()
            self.lost_sound.seen(self.speaker.underruns, loop.time())
            self._echo_filter.note(loop.time(), self.speaker.saying)
            moved = (now_played := self.speaker.played_samples) != played
            if not self._opening and (moved or not self.sounding):
                played = now_played
                self.health.progress()
            if self._jobs or self._draining or not self.sounding:
                idle_since = loop.time()
            elif loop.time() - idle_since > IDLE_RELEASE_S:
                self._drain()

    def _look_for_trouble(self) -> None:
        trouble = self.speaker.trouble
        if trouble is not None:
            if not self.speaker.device_hangs:
                self.health.progress()  # it tries to open the loudspeaker, as it should
            if not self.health.lost:
                self.health.failed(trouble, at_once=True)
        elif self.health.lost and not self._revival.under_way and not self._opening:
            self.health.working()

    def is_echo(self, text: str) -> bool:
        """Whether the robot itself says this, or said it a moment ago."""
        now = asyncio.get_running_loop().time()
        self._echo_filter.note(now, self.speaker.saying)
        return self._echo_filter.holds(text, now)

    async def tried(self, longest: float) -> None:
        """Wait until opening the speaker succeeded or failed; after `longest` s it is lost."""
        try:
            await asyncio.wait_for(self._tried.wait(), longest)
        except TimeoutError:
            sentence = f"the loudspeaker was not ready within {longest:g} s"
            self.health.failed(sentence, at_once=True)

    @property
    def works(self) -> bool:
        """Whether something said now would be heard."""
        return (self._open.is_set() or self._replacing_speaker) and not self.health.lost

    def say(self, text: str, place: Place = Place.WITHIN) -> None:
        """Queue a sentence."""
        if self._try(lambda: self.speaker.say(text, place=place)):
            self._set_speaking(True)

    def earcon(self, name: str) -> None:
        """Queue an earcon."""
        self._try(lambda: self.speaker.earcon(name))

    async def tell(self, sentence: Sentence, on_word: OnWord) -> Spoken:
        """Say a sentence of a story; returns when it is queued. Raises StorybotError."""
        self._set_speaking(True)
        place = Place.PARAGRAPH if sentence.paragraph else Place.WITHIN
        job = self._aloud(
            lambda: self.speaker.say(sentence.text, on_word, place, sentence.quotations),
            self._stops,
        )
        spoken: Spoken | None = await self._begin(job)
        return spoken or Spoken(0.0, 0.0, whole=False)

    async def silent(self) -> None:
        """Wait until everything was heard and the loudspeaker was released."""
        while self.sounding:
            if self._jobs:
                await asyncio.wait(self._jobs)
            elif self._draining is not None:
                await asyncio.wait([self._draining])
            else:
                self._drain()

    def replace(self, make: Callable[[], Speaker]) -> None:
        """Change to a new Speaker as soon as everything was heard."""
        before = self._replacing
        if before is not None and not self._replacing_speaker:
            before.cancel()  # it may wait for a loudspeaker that stays lost
        self._replacing = asyncio.create_task(self._replace(make, before))

    async def _replace(
        self, make: Callable[[], Speaker], before: asyncio.Task[None] | None
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._silent_or_lost()
        self._replacing_speaker = True
        try:
            if self.health.lost:  # nobody waits for the old loudspeaker any more
                await self._give_up()
            self._open.clear()  # two speakers would be in each other's way
            await self._exchange(make)
        finally:
            self._replacing_speaker = False

    async def _silent_or_lost(self) -> None:
        silent = asyncio.ensure_future(self.silent())
        try:
            while not silent.done() and not self.health.lost:
                await asyncio.wait([silent], timeout=CHECK_INTERVAL_S)
        finally:
            silent.cancel()

    async def _give_up(self) -> None:
        """End calls that wait for the lost loudspeaker; new ones wait for the next speaker."""
        self._open.clear()
        self._revival.stop()
        self.speaker.stop()
        if self._jobs:
            await asyncio.wait(self._jobs, timeout=GIVE_UP_TIMEOUT_S)

    async def _exchange(self, make: Callable[[], Speaker]) -> None:
        old, self.speaker = self.speaker, make()
        self.speaker.set_volume(old.asked_volume)  # before floor and cap, which may be new
        self.speaker.set_pace(old.pace)
        self.lost_sound.restarted()
        await old.close()
        try:
            await self._open_speaker()
        except StorybotError as error:
            self.health.failed(str(error), at_once=True)
        else:
            self._open.set()
        if self.health.lost:
            self._revival.start()

    async def _open_speaker(self) -> None:
        """One attempt; its deadline stays in force until it is over."""
        self._opening += 1
        try:
            opened: Speaker | None = None
            while opened is not self.speaker:  # another one replaced it meanwhile
                self.health.expect(OPEN_DEADLINE_S)
                opened = self.speaker
                try:
                    await opened.open()
                except StorybotError:
                    if opened is self.speaker:
                        raise
        finally:
            self._opening -= 1
        self.health.expect(PLAYBACK_DEADLINE_S)

    def silence(self) -> None:
        """Be silent now and drop what is queued."""
        self._stops += 1
        self.speaker.stop()
        if self.health.lost:  # the stopped Speaker no longer tries to open its loudspeaker
            self._revival.start()

    def _begin(self, job: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(job)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)
        if not self.sounding:
            self.sounding = True
            if self._open.is_set() and not self._opening:
                self.health.expect(PLAYBACK_DEADLINE_S)
        return task

    async def _aloud(self, job: Callable[[], Coroutine[Any, Any, Any]], stops: int) -> Any:
        """Run `job` once the speaker is open; None when silence() was called meanwhile."""
        if self._draining is not None:  # it ends by releasing the loudspeaker
            await asyncio.wait([self._draining])
        await self._open.wait()
        return await job() if stops == self._stops else None

    def _try(self, job: Callable[[], Coroutine[Any, Any, Any]]) -> bool:
        """Start `job` where there is a loudspeaker; whether there is one."""
        if self.works:
            self._begin(self._quietly_failing(job, self._stops))
        return self.works

    def _set_speaking(self, speaking: bool) -> None:
        if speaking is not self.speaking:
            self.speaking = speaking
            self.on_speaking_changed()

    async def _quietly_failing(
        self, job: Callable[[], Coroutine[Any, Any, Any]], stops: int
    ) -> None:
        try:
            await self._aloud(job, stops)
        except StorybotError as error:
            self.health.failed(str(error), at_once=True)
            self._revival.start()

    async def _play_ready(self) -> bool:
        """Show that the loudspeaker is back; False when that was cut off."""
        self.health.expect(OPEN_DEADLINE_S)  # an attempt that fails is progress
        played = await self.speaker.earcon("ready")
        if played:
            self.health.expect(PLAYBACK_DEADLINE_S)
            self._open.set()
        return played

    def _drain(self) -> None:
        self._draining = asyncio.create_task(self._drained())

    async def _drained(self) -> None:
        try:
            await self.speaker.drain()
        except StorybotError as error:
            self.health.failed(str(error), at_once=True)
            self._revival.start()
        finally:
            self._draining = None
            if not self._jobs:
                self.sounding = False
                self._set_speaking(False)
