"""A speaker on a stage: its voice and its loudspeaker are fakes that tests look into."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from storybot.config.schema import SpeakingSettings
from storybot.speaking.outputs.queued_player import QueuedPlayer
from storybot.speaking.speaker import Speaker
from storybot.speaking.trimming import MARGIN_S
from tests.fakes.output import FakeOutput
from tests.fakes.voice import RATE, ToneVoice

SETTINGS = SpeakingSettings(volume=100, pause_sentence_s=0.1)
PAUSE = round((0.1 - 2 * MARGIN_S) * RATE)  # frames of silence that are put in


class Stage:
    """One speaker; `speed` is how many times faster than real its loudspeaker plays."""

    def __init__(
        self,
        speed: float = 50.0,
        settings: SpeakingSettings = SETTINGS,
        lost_timeout_s: float = 5.0,
    ) -> None:
        self.voice = ToneVoice()
        self.output = FakeOutput(speed)
        self.player = QueuedPlayer(self.output, RATE, settings.volume)
        self.words: list[str] = []
        self.speaker = Speaker(
            settings, voice=self.voice, player=self.player, lost_timeout_s=lost_timeout_s
        )

    @property
    def heard(self) -> int:
        """Frames that came out, silence between sentences included."""
        return len(self.output.heard) // 2


def play(act: Callable[[Stage], Awaitable[None]], stage: Stage | None = None) -> Stage:
    stage = stage or Stage()

    async def run() -> None:
        async with stage.speaker:
            await asyncio.wait_for(act(stage), 60)

    asyncio.run(run())
    assert stage.voice.stopped
    return stage


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)
