"""Everything the daemon owns beside the robot, built once from the settings."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from storybot.config.schema import Settings
from storybot.controls.socket.messages import Wish
from storybot.controls.socket.server import SocketServer
from storybot.daemon.button_service import ButtonRoom, Make, make_controls
from storybot.daemon.deadlines import Progress
from storybot.daemon.listener_service import EarRoom
from storybot.daemon.narrator_service import StoryRoom
from storybot.daemon.news import News
from storybot.daemon.night_service import NightWatch
from storybot.daemon.speaker_service import VoiceRoom
from storybot.daemon.supervisor import Emit
from storybot.daemon.timers import Alarms
from storybot.hearing.recogniser_client import HearingChild
from storybot.language.safety_filter import load_filter
from storybot.speaking.speaker import Speaker
from storybot.stories.library import Library
from storybot.telling.engine import Engine

END = 2.0  # s in which all devices are given back
SPEAKER_PATIENCE = 90.0  # s for which the speaker itself looks for a lost loudspeaker


@dataclass
class Makers:
    """How the devices and children are made; tests put fakes here."""

    speaker: Callable[[Settings, str], Speaker]
    child: Callable[[Settings, str], HearingChild]
    engine: Callable[[Settings], Engine]
    controls: Make = make_controls


def real_makers() -> Makers:
    """The makers of everything real."""

    def engine(settings: Settings) -> Engine:
        telling = settings.telling
        if Path(telling.engine).is_absolute() and Path(telling.model).is_file():
            tokenizer = Path(telling.tokenizer) if telling.tokenizer else None
            return Engine(telling, Path(telling.engine), Path(telling.model), tokenizer)
        from storybot.models import installed as models
        from storybot.system.engine_program import find_engine

        files = models.resolve(telling.model, telling.tokenizer)
        return Engine(telling, find_engine(telling.engine), files.model, files.tokenizer)

    def speaker(settings: Settings, profile: str) -> Speaker:
        return Speaker(settings.speaking, profile, patience=SPEAKER_PATIENCE)

    def child(settings: Settings, profile: str) -> HearingChild:
        return HearingChild(settings.hearing, profile)

    return Makers(speaker, child, engine)


@dataclass
class Rooms:
    """All parts at work."""

    settings: Settings
    makers: Makers
    small: bool
    voice: VoiceRoom
    ear: EarRoom
    story: StoryRoom
    button: ButtonRoom
    alarms: Alarms
    night: NightWatch
    control: SocketServer
    news: News
    progress: Progress
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _lives: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def start(self) -> None:
        """Set every part going."""
        for name in ("voice", "ear", "button", "night"):
            self._tasks[name] = asyncio.create_task(self._keep(name), name=name)

    def restart(self, name: str) -> None:
        """Set one part going anew, with new settings."""
        if name in self._lives:
            self._lives[name].cancel()

    def tasks(self) -> list[asyncio.Task[None]]:
        """What runs for ever; one that is done has failed."""
        return list(self._tasks.values())

    async def close(self) -> None:
        """Give every device back; what takes too long is left to its fate."""
        self.alarms.stop_all()
        for task in self.tasks():
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END):
                await self.story.close()
                await self.voice.close()
                await asyncio.wait(self.tasks())
        self.button.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END):
                await self.control.close()

    async def _keep(self, name: str) -> None:
        """Run a part, and run it anew when restart() cancelled its life."""
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
    settings: Settings,
    profile: str,
    emit: Emit,
    answer: Callable[[Wish], Awaitable[bytes]],
    makers: Makers,
) -> Rooms:
    """Every part, made and not yet going."""
    small = profile == "small"
    progress = Progress(lambda: asyncio.get_running_loop().time())
    control = SocketServer(settings.controls, answer)
    news = News(control.publish)
    allowed = load_filter(settings.safety)

    def child() -> HearingChild | None:
        listens = rooms.settings.hearing.driver != "none"
        return makers.child(rooms.settings, profile) if listens else None

    voice = VoiceRoom(makers.speaker(settings, profile), emit, progress)
    rooms = Rooms(
        settings=settings,
        makers=makers,
        small=small,
        voice=voice,
        ear=EarRoom(small, child, voice, allowed, emit, progress),
        story=StoryRoom(
            lambda: makers.engine(rooms.settings),
            voice,
            Library(settings.library),
            allowed,
            emit,
            news,
            progress,
        ),
        button=ButtonRoom(settings.controls, emit, makers.controls),
        alarms=Alarms(emit),
        night=NightWatch(settings.bedtime, emit),
        control=control,
        news=news,
        progress=progress,
    )
    return rooms
