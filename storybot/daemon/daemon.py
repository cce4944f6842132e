"""The daemon: one event loop around the robot's mind; events in, commands carried out."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from typing import Any

from storybot.config.schema import ONLY_TELL, Settings
from storybot.daemon import status_report as reports
from storybot.daemon.control_service import ControlRoom
from storybot.daemon.reload import Reloader
from storybot.daemon.services import Makers, Rooms, build
from storybot.errors import Exit, StorybotError
from storybot.robot import Robot, awaken, commands, step
from storybot.robot.commands import Command
from storybot.robot.events import EndAsked, Event, Started
from storybot.system import systemd as service
from storybot.system.systemd import StoryFields

Step = tuple[Robot, Robot]

LOG = logging.getLogger("storybot")
HURRY = 8.0  # s in which one event must be dealt with, or the watchdog is not fed
FIRST_TRY = 6.0  # s that the voice has to show itself before READY
LONGEST_END = 2.0  # s after which a robot asked to end is ended
BEAT = 2.0  # s at most between two looks at the progress of all


class Daemon:
    """Owns the robot and its rooms. `emit` and `happen` are how all else reaches the robot."""

    def __init__(
        self,
        settings: Settings,
        profile: str,
        makers: Makers,
        reread: Callable[[], Settings],
        fields: StoryFields | None = None,
    ) -> None:
        """`reread` reads the settings again when the daemon is told to (SIGHUP).

        StorybotError (Exit.CONFIG) for settings that no daemon can serve.
        """
        self.robot: Robot = awaken(_servable(settings), profile == "small")
        self.profile = profile
        self.started_at = time.monotonic()
        self.rooms: Rooms = build(settings, profile, self.emit, ControlRoom(self).answer, makers)
        self._reloader = Reloader(lambda: _servable(reread()), self.rooms, self.emit)
        self._fields = fields or StoryFields()
        self._events: asyncio.Queue[tuple[Event, asyncio.Future[Step] | None]] = asyncio.Queue()
        self._ended = asyncio.Event()

    def emit(self, event: Event) -> None:
        """Something happened; it is dealt with in its turn."""
        self._events.put_nowait((event, None))

    async def happen(self, event: Event) -> Step:
        """The same, and wait for it: the robot just before and just after."""
        done: asyncio.Future[Step] = asyncio.get_running_loop().create_future()
        self._events.put_nowait((event, done))
        return await done

    def status(self) -> dict[str, Any]:
        """What `storybot status` shows."""
        return reports.status(self)

    async def run(self) -> None:
        """Live until told to end; StorybotError when it cannot even begin."""
        await self.rooms.control.open()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        self.rooms.start()
        own = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("robot", self._live()),
                ("watchdog", self._watch()),
                ("end", self._until_ended()),
            )
        ]
        starting = asyncio.create_task(self._start())
        try:
            done, _ = await asyncio.wait(
                [*own, *self.rooms.tasks()], return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()  # a fault of ours: let systemd start us anew
        finally:
            service.notify("STOPPING=1")
            for task in (*own, starting):
                task.cancel()
            await self._reloader.close()
            await self.rooms.close()

    def end(self) -> None:
        """End in good order, or after a while in any."""
        self.emit(EndAsked())
        asyncio.get_running_loop().call_later(LONGEST_END, self._ended.set)

    def reload(self) -> None:
        """Read the settings again; broken ones are told and the old ones kept."""
        self._reloader.begin()

    async def _start(self) -> None:
        """Try voice and engine, then let the robot begin."""
        await self.rooms.voice.tried(FIRST_TRY)
        try:
            await self.rooms.story.check()
        except StorybotError as error:
            LOG.error("no stories: %s", error)
            self.rooms.story.missing(str(error))
        library = self.rooms.story.library
        last = library.last()
        await self.happen(Started(last.tale() if last else None, library.newest()))
        service.notify("READY=1")

    async def _live(self) -> None:
        progress = self.rooms.progress
        while True:
            event, done = await self._events.get()
            progress.expect("robot", HURRY)
            before = self.robot
            self.robot, todo = step(before, event)
            reports.tell(self, before, event)
            if done is not None and not done.done():
                done.set_result((before, self.robot))
            for command in todo:
                await self._carry_out(command)
            progress.forget("robot")

    async def _carry_out(self, command: Command) -> None:
        rooms = self.rooms
        match command:
            case commands.Listen(purpose):
                rooms.ear.listen(purpose)
            case commands.Deafen():
                await rooms.ear.deafen()
            case commands.Say(text):
                rooms.news.said(text)
                rooms.voice.say(text)
            case commands.Earcon(name):
                rooms.voice.earcon(name)
            case commands.Tell(tale, number):
                rooms.story.begin(tale, number)
            case commands.StopStory():
                await rooms.story.stop()
            case commands.HoldStory():
                rooms.voice.speaker.pause()
            case commands.GoOn():
                rooms.voice.speaker.resume()
            case commands.SetVolume(percent):
                rooms.voice.speaker.set_volume(percent)
            case commands.SetPace(percent):
                rooms.voice.speaker.set_pace(percent)
            case commands.Fade(percent, seconds):
                rooms.voice.speaker.set_volume(percent, seconds)
            case commands.Show(light):
                rooms.button.show(light.value)
            case commands.StartTimer(timer, seconds):
                rooms.alarms.start(timer, seconds)
            case commands.StopTimer(timer):
                rooms.alarms.stop(timer)
            case commands.Finish():
                self._ended.set()

    async def _until_ended(self) -> None:
        await self._ended.wait()

    async def _watch(self) -> None:
        """Feed systemd's watchdog only while all that should get on does."""
        wanted = service.watchdog_interval()
        pause = BEAT if wanted is None else min(BEAT, wanted / 4)
        told: list[str] = []
        while True:
            stalled = self.rooms.progress.stalled()
            if not stalled:
                service.notify("WATCHDOG=1")
            elif stalled != told:
                LOG.error("no progress: %s", ", ".join(stalled))
            told = stalled
            await asyncio.sleep(pause)


def _servable(settings: Settings) -> Settings:
    """The settings, unless they have every story written into one file that is never complete."""
    if settings.speaking.driver == "wav":
        raise StorybotError(f"speaking.driver: {ONLY_TELL}", Exit.CONFIG)
    return settings
