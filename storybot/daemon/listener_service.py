"""Keeps the recogniser process running, and paused while the robot itself speaks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from storybot.config.schema import Settings
from storybot.daemon.configuration import Configuration
from storybot.daemon.health import Emit, Health
from storybot.daemon.heard_words import event_of, event_of_alike, event_of_doubtful
from storybot.daemon.lost_sound import LostSound
from storybot.daemon.microphone_level import MicrophoneLevel
from storybot.daemon.recogniser_progress import RecogniserProgress
from storybot.daemon.restarting_task import RestartingTask
from storybot.daemon.speaker_service import SpeakerService
from storybot.errors import Exit, StorybotError
from storybot.hearing.recogniser_client import (
    AlikeRecognised,
    DoubtfulRecognised,
    Ended,
    Heartbeat,
    KeyphraseRecognised,
    Level,
    Ready,
    RecogniserClient,
    RecogniserEvent,
    SecondState,
    SpeechBegun,
    Trouble,
    UtteranceRecognised,
)
from storybot.language.listening import DURING_STORY, ListenFor
from storybot.robot.events import Event, KeyphraseHeard, Part, SpeechBegan
from storybot.stories.story_request import fresh_seed
from storybot.system.processes import GONE_CHECK_INTERVAL_S, CannotBeKilled

LOG = logging.getLogger("storybot")
# From the start of the process to its first message. The first start on a machine takes 0.8 s of
# x86-64's processor, later ones 0.1 s; the small board is up to 30 times slower.
READY_TIMEOUT_S = 60.0
START_DEADLINE_S = READY_TIMEOUT_S + 10.0  # longer than it takes to end one that is not ready
# Longer than it takes to find and kill a process that hangs; in force until the next process
# sends its first heartbeat.
HEARTBEAT_DEADLINE_S = 20.0
TERM_GRACE_S = 0.7  # between TERM and KILL


class ListenerService:
    """One recogniser process: in the small profile only while it listens, else always."""

    def __init__(
        self,
        configuration: Configuration,
        make: Callable[[], RecogniserClient | None],
        speaker: SpeakerService,
        emit: Emit,
    ) -> None:
        """`make` returns None where the box has no microphone and shall have none."""
        self._configuration, self.small = configuration, configuration.small
        self._make, self._speaker, self._emit = make, speaker, emit
        self._settings = configuration.settings.hearing  # of the process that runs
        self._family = configuration.family  # that it knows
        self.health = Health("listener", emit, Part.HEARING)
        self._restarting = RestartingTask(self.health, self._work)
        self._wanted: ListenFor | None = None
        self._told: ListenFor | None = None  # what the process was told last
        self._change = asyncio.Event()
        self._child: RecogniserClient | None = None
        self._unkillable: CannotBeKilled | None = None  # the process before, which KILL did not end
        self._gone = asyncio.Event()  # no process, or only one that cannot be killed
        self._gone.set()
        speaker.on_speaking_changed = self._change.set
        self.lost_sound = LostSound("the microphone lost sound")
        self.second: SecondState | None = None  # None: there is no second recogniser
        self.level = MicrophoneLevel()
        self.level.on_change = self._change.set

    async def start(self) -> None:
        self._restarting.start()

    async def stop(self) -> None:
        await self._restarting.stop()
        await self._gone.wait()  # a process that a restart had begun to end

    def task(self) -> asyncio.Task[None] | None:
        return self._restarting.task

    def apply(self, settings: Settings) -> None:
        family = self._configuration.family
        if (settings.hearing, family) != (self._settings, self._family):
            self._settings, self._family = settings.hearing, family
            self._restarting.restart()

    def listen(self, purpose: ListenFor) -> None:
        """Listen for this from now on; while the robot speaks, only "stop" is listened for."""
        self._wanted = purpose
        self._change.set()

    async def stop_listening(self) -> None:
        """Stop; in the small profile the process has ended, or cannot be killed, on return."""
        self._wanted = None
        self._change.set()
        if self.small:
            await self._gone.wait()

    @property
    def listens_for(self) -> str | None:
        """What is listened for now; None: nothing."""
        return None if self._child is None or self._told is None else self._told.value

    @property
    def pid(self) -> int | None:
        """The process id, for `storybot status`."""
        return None if self._child is None else self._child.pid

    async def _work(self) -> None:
        """Start the process, again and again where it may end; returns when it failed."""
        while True:
            while self.small and self._wanted is None:
                self.health.at_rest()
                self._change.clear()
                await self._change.wait()
            await self._until_the_old_one_is_gone()
            if (child := self._make()) is None:
                self.health.at_rest()
                self.health.working()
                await asyncio.Event().wait()
            elif not await self._live(child):
                return

    async def _live(self, child: RecogniserClient) -> bool:
        """Run one process; True when it was ended because nothing is to be listened for."""
        self.health.expect(START_DEADLINE_S)
        self._gone.clear()
        self._child = child
        unwanted = True
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                begun = await self._begun(child)
            if begun:
                unwanted = await self._serve_until_unwanted(child)
        except TimeoutError:
            raise StorybotError(
                f"the recogniser process was not ready within {READY_TIMEOUT_S:g} s and was ended",
                Exit.SOUND_IN,
            ) from None
        finally:
            # A second restart must not cut it short; the next process waits for it.
            await asyncio.shield(self._end(child))
        if unwanted:
            self.health.at_rest()
        return unwanted

    async def _serve_until_unwanted(self, child: RecogniserClient) -> bool:
        """Send commands to the process and take its events; False when it ended by itself."""
        steering = asyncio.create_task(self._steer(child))
        serving = asyncio.create_task(self._serve(child))
        try:
            await asyncio.wait([steering, serving], return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
            return steering.done() and not serving.done()
        finally:
            for task in (serving, steering):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, StorybotError):
                    await task

    async def _end(self, child: RecogniserClient) -> None:
        """End the process; one that cannot be killed makes hearing a lost part until it is gone."""
        try:
            await child.stop(TERM_GRACE_S)
        except CannotBeKilled as error:
            self._unkillable = error
            LOG.error("%s", error)  # a service that is lost already does not log its failures
            self.health.failed(str(error), at_once=True)
        finally:
            self._child = self._told = self.second = None
            self._gone.set()

    async def _until_the_old_one_is_gone(self) -> None:
        """Wait for a process that could not be killed: it may hold the microphone, and memory."""
        await self._gone.wait()
        if self._unkillable is None:
            return
        self.health.failed(str(self._unkillable))  # tells more than why it had to be killed
        while not self._unkillable.gone:
            self.health.expect(HEARTBEAT_DEADLINE_S)
            await asyncio.sleep(GONE_CHECK_INTERVAL_S)
        self._unkillable = None

    async def _begun(self, child: RecogniserClient) -> bool:
        """Start the process; False when nothing is to be listened for before it is ready."""
        starting = asyncio.ensure_future(child.start())
        try:
            while not starting.done():
                if self.small and self._wanted is None:
                    return False
                self._change.clear()
                changed = asyncio.ensure_future(self._change.wait())
                await asyncio.wait([starting, changed], return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
            starting.result()
            return True
        finally:
            starting.cancel()

    async def _steer(self, child: RecogniserClient) -> None:
        """Tell the process what to listen for; returns when it should end."""
        self._told, levels = None, False
        while True:
            self._change.clear()
            if levels is not self.level.wanted:
                levels = self.level.wanted
                await child.tell_levels(often=levels)
            if self.small and self._wanted is None:
                return
            wanted = self._wanted
            if wanted not in DURING_STORY and self._speaker.speaking:
                wanted = None
            if wanted is not self._told:
                if wanted is None:
                    await child.pause()
                else:
                    await child.listen(wanted.value)
                self._told = wanted
            await self._change.wait()

    async def _serve(self, child: RecogniserClient) -> None:
        """Take the events of the process; StorybotError when it hangs or ends."""
        loop = asyncio.get_running_loop()
        events = child.events()
        progress = RecogniserProgress(child.pid, loop.time())
        self.lost_sound.restarted()
        self.health.expect(HEARTBEAT_DEADLINE_S)
        coming = asyncio.ensure_future(anext(events))
        try:
            while True:
                if (await asyncio.wait([coming], timeout=progress.due(loop.time())))[0]:
                    self._take(coming.result(), progress)
                    coming = asyncio.ensure_future(anext(events))
                elif progress.due(loop.time()) <= 0:
                    if progress.hangs(loop.time()):
                        raise StorybotError(
                            "the recogniser process made no progress for "
                            f"{progress.silent(loop.time()):.0f} s and was ended",
                            Exit.SOUND_IN,
                        )
                    self.health.progress()
        finally:
            coming.cancel()

    def _take(self, event: RecogniserEvent, progress: RecogniserProgress) -> None:
        match event:
            case Ready():
                self.health.working()
            case Heartbeat(read, decoded, overruns):
                now = asyncio.get_running_loop().time()
                if progress.beat(read, decoded, now, self.health.lost):
                    self.health.progress()
                self.lost_sound.seen(overruns, now)
            case Trouble(sentence):
                self.health.failed(sentence, at_once=True)
            case Ended(code):
                raise StorybotError(
                    f"the recogniser process ended by itself ({code})", Exit.SOUND_IN
                )
            case KeyphraseRecognised():
                self._told = ListenFor.REQUEST  # the process switched to that by itself
                if self._wanted in (ListenFor.KEYPHRASE, ListenFor.REQUEST):
                    self._emit(KeyphraseHeard(fresh_seed()))
            case SpeechBegun():
                if self._wanted is ListenFor.REQUEST:
                    self._emit(SpeechBegan())
            case DoubtfulRecognised(text, confidence):
                LOG.debug("perhaps heard %r, confidence %.2f", text, confidence)
                self._tell(event_of_doubtful(text, self._wanted, self._configuration.allowed))
            case AlikeRecognised(text, other, confidence):
                LOG.debug("heard %r, or %r; confidence %.2f", text, other, confidence)
                allowed, is_echo = self._configuration.allowed, self._speaker.is_echo
                alike = event_of_alike(text, other, self._wanted, allowed)
                self._tell(alike or event_of(text, self._wanted, allowed, is_echo))
            case UtteranceRecognised(text, confidence, open_words):
                LOG.debug("heard %r, confidence %.2f", text, confidence)
                allowed, is_echo = self._configuration.allowed, self._speaker.is_echo
                self._tell(event_of(text, self._wanted, allowed, is_echo, open_words))
            case SecondState():
                self.second = event
            case Level(rms):
                self.level.heard(rms)

    def _tell(self, event: Event | None) -> None:
        if event is not None:
            self._emit(event)
