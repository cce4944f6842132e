"""The daemon: one event loop that feeds events to the robot and carries out its commands."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from typing import Any

from storybot.config.schema import ONLY_TELL, Settings
from storybot.daemon import status_report
from storybot.daemon.configuration import configure
from storybot.daemon.control_answers import ControlAnswers
from storybot.daemon.reload import Reloader
from storybot.daemon.services import Factories, Services, build
from storybot.daemon.told_before import with_kept_story
from storybot.errors import Exit, StorybotError
from storybot.language import replies
from storybot.robot import Robot, commands, initial_robot, step
from storybot.robot.commands import Command
from storybot.robot.events import EndAsked, Event, Timer
from storybot.speaking.pauses import Place
from storybot.system import systemd
from storybot.system.systemd import StoryFields

Step = tuple[Robot, Robot]

LOG = logging.getLogger("storybot")
EVENT_DEADLINE_S = 8.0  # for one event to be dealt with, or the watchdog is not fed
SPEAKER_READY_TIMEOUT_S = 6.0  # for the loudspeaker to be opened before READY
END_TIMEOUT_S = 2.0  # after which the daemon ends whatever still runs


class Daemon:
    """Owns the robot and its services. Events reach the robot through `emit` and `happen`."""

    def __init__(
        self,
        settings: Settings,
        profile: str,
        factories: Factories,
        reread: Callable[[], Settings],
        fields: StoryFields | None = None,
    ) -> None:
        """`reread` reads the settings again when the daemon is told to (SIGHUP).

        StorybotError (Exit.CONFIG) for settings that no daemon can serve.
        """
        configuration = configure(_servable(settings), profile)
        self.robot: Robot = initial_robot(settings, configuration.small)
        self.started_at = time.monotonic()
        self.lendings: int | None = None  # times that it forgot everything; None: not yet known
        self.services: Services = build(
            configuration, self.emit, ControlAnswers(self).answer, factories
        )
        self.reloader = Reloader(lambda: _servable(reread()), self.services, self.emit)
        self._fields = fields or StoryFields()
        self._events: asyncio.Queue[tuple[Event, asyncio.Future[Step] | None]] = asyncio.Queue()
        self._ended = asyncio.Event()

    def emit(self, event: Event) -> None:
        """Queue an event for the robot."""
        self._events.put_nowait((event, None))

    async def happen(self, event: Event) -> Step:
        """Queue an event and wait until it is dealt with: the robot before and after it."""
        done: asyncio.Future[Step] = asyncio.get_running_loop().create_future()
        self._events.put_nowait((event, done))
        return await done

    def status(self) -> dict[str, Any]:
        """What `storybot status` shows."""
        return status_report.status(self)

    async def run(self) -> None:
        """Run until told to end; StorybotError when the control socket cannot be opened."""
        await self.services.supervisor.start()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        own = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("robot", self._live()),
                ("watchdog", self.services.supervisor.watch()),
                ("end", self._until_ended()),
                ("start", self._start()),
            )
        ]
        try:
            done, _ = await asyncio.wait(
                [*own, *self.services.supervisor.tasks()], return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()  # a bug: the process ends and systemd starts it again
        finally:
            systemd.notify("STOPPING=1")
            for task in own:
                task.cancel()
            await self.reloader.close()
            await self.services.stop()

    def end(self) -> None:
        """End in good order, at the latest after END_TIMEOUT_S."""
        self.emit(EndAsked())
        asyncio.get_running_loop().call_later(END_TIMEOUT_S, self._ended.set)

    def reload(self) -> None:
        """Read the settings again; where they are broken, the old ones stay."""
        self.reloader.begin()

    async def _start(self) -> None:
        """Wait for the loudspeaker, test the engine, then start the robot.

        Runs for ever: what ends, in run(), is a fault of our own.
        """
        await self.services.speaker.tried(SPEAKER_READY_TIMEOUT_S)
        try:
            await self.services.narrator.check()
        except StorybotError as error:
            self.services.narrator.engine_lost(error)
        self.lendings = await self.services.narrator.read_library(lambda kept: kept.cleared())
        await self.happen(await self.services.narrator.remembered())
        systemd.notify("READY=1")
        await asyncio.Event().wait()

    async def _live(self) -> None:
        health = self.services.robot_health
        while True:
            event, done = await self._events.get()
            health.expect(EVENT_DEADLINE_S)
            event = await with_kept_story(event, self.services.narrator)
            before = self.robot
            self.robot, todo = step(before, event)
            status_report.tell(self, before, event)
            if done is not None and not done.done():
                done.set_result((before, self.robot))
            for command in todo:
                await self._carry_out(command)
            if any(map(_sets_sleep, todo)):  # the news above told of the timer as it was before
                self.services.news.state(self.status())
            health.at_rest()

    async def _carry_out(self, command: Command) -> None:
        services = self.services
        match command:
            case commands.Listen(purpose):
                services.listener.listen(purpose)
            case commands.StopListening():
                await services.listener.stop_listening()
            case commands.Say(reply):
                self._say(reply.value)
            case commands.AskWhether(request):
                self._say(replies.did_you_say(request.things))
            case commands.AskWhich(one, other):
                self._say(replies.one_or_the_other(one, other))
            case commands.SayCode(code):  # no news: only those in the room may learn it
                services.speaker.say(replies.pairing_code(code))
            case commands.SayTitle(request):
                self._say(request.title, Place.TITLE)
            case commands.Earcon(name):
                services.speaker.earcon(name)
            case commands.Tell(request, number):
                services.narrator.begin(request, number)
            case commands.StopStory():
                await services.narrator.stop_story()
            case commands.PauseStory():
                services.speaker.speaker.pause()
            case commands.ResumeStory():
                services.speaker.speaker.resume()
            case commands.SetVolume(percent):
                services.speaker.speaker.set_volume(percent)
            case commands.SetPace(percent):
                services.speaker.speaker.set_pace(percent)
            case commands.Fade(percent, seconds):
                services.speaker.speaker.set_volume(percent, seconds)
            case commands.Show(light):
                services.button.show(light.value)
            case commands.StartTimer(timer, seconds):
                services.timers.start(timer, seconds)
            case commands.StopTimer(timer):
                services.timers.stop(timer)
            case commands.Finish():
                self._ended.set()

    def _say(self, text: str, place: Place = Place.WITHIN) -> None:
        self.services.news.said(text)
        self.services.speaker.say(text, place)

    async def _until_ended(self) -> None:
        await self._ended.wait()


def _servable(settings: Settings) -> Settings:
    """The settings; StorybotError where stories would go into one wav that is never complete."""
    if settings.speaking.driver == "wav":
        raise StorybotError(f"speaking.driver: {ONLY_TELL}", Exit.CONFIG)
    return settings


def _sets_sleep(command: Command) -> bool:
    timers = (commands.StartTimer, commands.StopTimer)
    return isinstance(command, timers) and command.timer is Timer.SLEEP
