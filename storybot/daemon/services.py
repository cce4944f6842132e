"""Everything the daemon owns beside the robot, built once from the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from storybot.config.schema import Settings
from storybot.controls.socket.server import Answer
from storybot.daemon.button_service import ButtonService, Make, make_controls
from storybot.daemon.control_service import ControlService
from storybot.daemon.health import Emit, Health
from storybot.daemon.listener_service import ListenerService
from storybot.daemon.narrator_service import NarratorService
from storybot.daemon.news import News
from storybot.daemon.night_service import NightService
from storybot.daemon.shared_settings import SharedSettings
from storybot.daemon.speaker_service import SpeakerService
from storybot.daemon.supervisor import Supervisor
from storybot.daemon.timers import Timers
from storybot.hearing.recogniser_client import RecogniserClient
from storybot.speaking.speaker import Speaker
from storybot.telling.engine import Engine

LOST_LOUDSPEAKER_TIMEOUT_S = 90.0  # s for which the speaker itself looks for a lost loudspeaker


@dataclass
class Factories:
    """How the devices and children are made; tests put fakes here."""

    speaker: Callable[[Settings, str], Speaker]
    child: Callable[[Settings, str], RecogniserClient]
    engine: Callable[[Settings], Engine]
    controls: Make = make_controls


def real_factories() -> Factories:
    """The factories of everything real."""

    def engine(settings: Settings) -> Engine:
        telling = settings.telling
        if Path(telling.engine).is_absolute() and Path(telling.model).is_file():
            tokenizer = Path(telling.tokenizer) if telling.tokenizer else None
            return Engine(telling, Path(telling.engine), Path(telling.model), tokenizer)
        from storybot.models import installed
        from storybot.system.engine_program import find_engine

        files = installed.resolve_model(telling.model, telling.tokenizer)
        return Engine(telling, find_engine(telling.engine), files.model, files.tokenizer)

    def speaker(settings: Settings, profile: str) -> Speaker:
        return Speaker(settings.speaking, profile, patience=LOST_LOUDSPEAKER_TIMEOUT_S)

    def child(settings: Settings, profile: str) -> RecogniserClient:
        return RecogniserClient(settings.hearing, profile)

    return Factories(speaker, child, engine)


@dataclass(frozen=True)
class Services:
    """All services, what they share, and who looks after them."""

    shared: SharedSettings
    control: ControlService
    speaker: SpeakerService
    listener: ListenerService
    narrator: NarratorService
    button: ButtonService
    night: NightService
    timers: Timers
    news: News
    robot_health: Health
    supervisor: Supervisor

    async def stop(self) -> None:
        """Give every device back."""
        self.timers.stop_all()
        await self.supervisor.stop()


def build(
    settings: Settings, profile: str, emit: Emit, answer: Answer, factories: Factories
) -> Services:
    """Every service, made and not yet started. StorybotError when the settings do not work."""
    shared = SharedSettings(settings, profile)

    def child() -> RecogniserClient | None:
        listens = shared.settings.hearing.driver != "none"
        return factories.child(shared.settings, profile) if listens else None

    control = ControlService(settings, answer, emit)
    news = News(control.server.publish)
    speaker = SpeakerService(factories.speaker, shared, emit)
    listener = ListenerService(child, speaker, shared, emit)
    narrator = NarratorService(
        lambda: factories.engine(shared.settings), speaker, shared, emit, news
    )
    button = ButtonService(settings.controls, emit, factories.controls)
    night = NightService(settings.bedtime, emit)
    robot_health = Health("robot", emit)
    supervisor = Supervisor((control, speaker, listener, narrator, button, night), robot_health)
    return Services(
        shared=shared,
        control=control,
        speaker=speaker,
        listener=listener,
        narrator=narrator,
        button=button,
        night=night,
        timers=Timers(emit),
        news=news,
        robot_health=robot_health,
        supervisor=supervisor,
    )
