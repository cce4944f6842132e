"""All services of the daemon, made once from the settings."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from storybot.config.schema import Settings
from storybot.controls.socket.messages import ControlRequest
from storybot.controls.socket.server import SocketServer
from storybot.daemon.button_service import ButtonService, Make, make_controls
from storybot.daemon.configuration import Configuration
from storybot.daemon.deadlines import Deadlines
from storybot.daemon.listener_service import ListenerService
from storybot.daemon.narrator_service import NarratorService
from storybot.daemon.news import News
from storybot.daemon.night_service import NightService
from storybot.daemon.speaker_service import SpeakerService
from storybot.daemon.supervisor import Emit
from storybot.daemon.timers import Timers
from storybot.hearing.recogniser_client import RecogniserClient
from storybot.speaking.speaker import Speaker
from storybot.telling.engine import Engine
from storybot.telling.engine_factory import make_engine

CLOSE_TIMEOUT_S = 2.0  # for all devices to be released
LOST_LOUDSPEAKER_TIMEOUT_S = 90.0  # for which a Speaker itself tries to open a lost loudspeaker


@dataclass
class Factories:
    """How devices and child processes are made; tests put fakes here."""

    speaker: Callable[[Settings, str], Speaker]
    recogniser: Callable[[Settings, str], RecogniserClient]
    engine: Callable[[Settings], Engine]
    controls: Make = make_controls


def real_factories() -> Factories:
    """The factories of the real parts."""

    def speaker(settings: Settings, profile: str) -> Speaker:
        return Speaker(settings.speaking, profile, patience=LOST_LOUDSPEAKER_TIMEOUT_S)

    def recogniser(settings: Settings, profile: str) -> RecogniserClient:
        return RecogniserClient(settings.hearing, profile)

    return Factories(speaker, recogniser, lambda settings: make_engine(settings.telling))


@dataclass
class Services:
    """All services, and what they share."""

    configuration: Configuration
    factories: Factories
    speaker: SpeakerService
    listener: ListenerService
    narrator: NarratorService
    button: ButtonService
    timers: Timers
    night: NightService
    control: SocketServer
    news: News
    deadlines: Deadlines
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _lives: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def start(self) -> None:
        """Start every service."""
        for name in ("speaker", "listener", "button", "night"):
            self._tasks[name] = asyncio.create_task(self._keep(name), name=name)

    def restart(self, name: str) -> None:
        """Start one service again, with new settings."""
        if name in self._lives:
            self._lives[name].cancel()

    def tasks(self) -> list[asyncio.Task[None]]:
        """Tasks that run for ever; one that is done has failed."""
        return list(self._tasks.values())

    async def close(self) -> None:
        """Release every device, within a deadline."""
        self.timers.stop_all()
        for task in self.tasks():
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.narrator.close()
                await self.speaker.close()
                await asyncio.wait(self.tasks())
        self.button.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.control.close()

    async def _keep(self, name: str) -> None:
        """Run a service, and again after restart() cancelled it."""
        own = asyncio.current_task()
        assert own is not None
        while True:
            self._lives[name] = asyncio.create_task(getattr(self, name).run(), name=name)
            try:
                await self._lives[name]
            except asyncio.CancelledError:
                if own.cancelling():
                    raise


def build(
    configuration: Configuration,
    emit: Emit,
    answer: Callable[[ControlRequest], Awaitable[bytes]],
    factories: Factories,
) -> Services:
    """Every service, not yet started."""
    settings, profile = configuration.settings, configuration.profile
    deadlines = Deadlines(lambda: asyncio.get_running_loop().time())
    control = SocketServer(settings.controls, answer)
    news = News(control.publish)

    def recogniser() -> RecogniserClient | None:
        listens = configuration.settings.hearing.driver != "none"
        return factories.recogniser(configuration.settings, profile) if listens else None

    speaker = SpeakerService(factories.speaker(settings, profile), emit, deadlines)
    return Services(
        configuration=configuration,
        factories=factories,
        speaker=speaker,
        listener=ListenerService(configuration, recogniser, speaker, emit, deadlines),
        narrator=NarratorService(
            configuration,
            lambda: factories.engine(configuration.settings),
            speaker,
            emit,
            news,
            deadlines,
        ),
        button=ButtonService(configuration, emit, factories.controls),
        timers=Timers(emit),
        night=NightService(configuration, emit),
        control=control,
        news=news,
        deadlines=deadlines,
    )
