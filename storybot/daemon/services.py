"""All services of the daemon, made once from the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from storybot.config.schema import Settings
from storybot.controls.socket.server import Answer
from storybot.daemon.button_service import ButtonService, Make, make_controls
from storybot.daemon.configuration import Configuration
from storybot.daemon.control_service import ControlService
from storybot.daemon.health import Emit, Health
from storybot.daemon.listener_service import ListenerService
from storybot.daemon.narrator_service import NarratorService
from storybot.daemon.news import News
from storybot.daemon.night_service import NightService
from storybot.daemon.speaker_service import SpeakerService
from storybot.daemon.supervisor import Supervisor
from storybot.daemon.timers import Timers
from storybot.hearing.recogniser_client import RecogniserClient
from storybot.record import Record
from storybot.speaking.speaker import Speaker
from storybot.telling.engine import Engine
from storybot.telling.engine_factory import make_engine

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
        return Speaker(settings.speaking, profile, lost_timeout_s=LOST_LOUDSPEAKER_TIMEOUT_S)

    def recogniser(settings: Settings, profile: str) -> RecogniserClient:
        return RecogniserClient(settings.hearing, profile)

    return Factories(speaker, recogniser, lambda settings: make_engine(settings.telling))


class Services(Record):
    """All services, what they share, and their supervisor."""

    configuration: Configuration
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
        """Release every device, each service within its deadline."""
        self.timers.stop_all()
        await self.supervisor.stop()


def build(
    configuration: Configuration, emit: Emit, answer: Answer, factories: Factories
) -> Services:
    """Every service, not yet started."""

    def recogniser() -> RecogniserClient | None:
        listens = configuration.settings.hearing.driver != "none"
        return (
            factories.recogniser(configuration.settings, configuration.profile) if listens else None
        )

    control = ControlService(configuration.settings, answer, emit)
    news = News(control.server.publish)
    speaker = SpeakerService(configuration, factories.speaker, emit)
    listener = ListenerService(configuration, recogniser, speaker, emit)
    narrator = NarratorService(
        configuration,
        lambda: factories.engine(configuration.settings),
        speaker,
        emit,
        news,
    )
    button = ButtonService(configuration, emit, factories.controls)
    night = NightService(configuration, emit)
    robot_health = Health("robot", emit)
    supervisor = Supervisor((control, speaker, listener, narrator, button, night), robot_health)
    return Services(
        configuration=configuration,
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
