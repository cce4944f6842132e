"""A speaker whose sound takes time and goes nowhere; it is unplugged and gets stuck on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.captions import OnWord
from storybot.speaking.pauses import Place
from storybot.speaking.phrases import Quotation
from storybot.speaking.synthesizer import Spoken

PER_WORD = 0.35  # s
RATE = 22050
LOST_TIMEOUT_S = 90.0  # s for which a lost loudspeaker is looked for


class FakeSpeaker:
    """The face of `storybot.speaking.speaker.Speaker`, on the loop's clock."""

    def __init__(self, plugged: bool = True, settings: SpeakingSettings | None = None) -> None:
        self.plugged = plugged
        self.open_takes = 0.01  # s
        self.lost_timeout_s = LOST_TIMEOUT_S
        self.settings = settings or SpeakingSettings()
        self.stuck = False  # plays nothing, says nothing about it
        self.heard: list[str] = []  # sentences and earcons whose sound began
        self.asked_volume = self.settings.volume
        self.volume = self.settings.bounded(self.asked_volume)
        self.fades: list[tuple[int, float]] = []
        self.pace = 100
        self.per_word = PER_WORD
        self.paused = False
        self.opened = self.closed = False
        self.trouble: str | None = None
        self.device_hangs = False  # lost, and no longer looked for
        self.saying = ""
        self.played_samples = 0
        self.underruns = 0
        self._turn = 0
        self._ends = 0.0  # when all that was said is over
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        """Like the real one it does nothing once it was open, lost loudspeaker or not."""
        if self.closed:
            raise StorybotError("the speaker was closed", Exit.SOUND_OUT)
        if self.opened:
            return
        await asyncio.sleep(self.open_takes)
        if not self.plugged:
            raise StorybotError("there is no loudspeaker; plug one in", Exit.SOUND_OUT)
        self.opened = True

    async def say(
        self,
        text: str,
        on_word: OnWord | None = None,
        place: Place = Place.WITHIN,
        quotations: Sequence[Quotation] = (),
    ) -> Spoken:
        await self.open()
        turn = self._turn
        async with self._lock:
            if not await self._until_plugged(turn):
                return Spoken(0.01, 0.0, False)
            self.heard.append(text)
            self.saying = text
            if on_word is not None:
                on_word(text)
            whole = await self._play(len(text.split()) * self.per_word, turn)
            self.saying = ""
            return Spoken(0.01, 1.0, whole)

    async def earcon(self, name: str) -> bool:
        await self.open()
        turn = self._turn
        async with self._lock:
            if not await self._until_plugged(turn):
                return False
            self.heard.append(f"<{name}>")
            return await self._play(0.3, turn)

    async def _until_plugged(self, turn: int) -> bool:
        loop = asyncio.get_running_loop()
        limit = loop.time() + self.lost_timeout_s
        while not self.plugged and turn == self._turn:
            self.trouble = "the loudspeaker takes no more sound; plug it in again"
            if loop.time() > limit:  # the trouble stays: it is still lost
                raise StorybotError(self.trouble, Exit.SOUND_OUT)
            await asyncio.sleep(0.5)
        self.trouble = None
        return turn == self._turn

    async def _play(self, seconds: float, turn: int) -> bool:
        left = seconds
        while left > 0 or self.stuck:
            await asyncio.sleep(0.05)
            if turn != self._turn:
                return False
            if not self.plugged and not await self._until_plugged(turn):
                return False
            if not self.paused and not self.stuck:
                left -= 0.05
                self.played_samples += round(0.05 * RATE)
        return True

    async def drain(self) -> None:
        async with self._lock:
            pass

    def stop(self) -> None:
        self._turn += 1
        self.paused = False
        self.saying = ""

    def set_volume(self, per_cent: int, seconds: float | None = None) -> int:
        self.asked_volume = per_cent
        self.volume = self.settings.bounded(per_cent)
        if seconds is not None:
            self.fades.append((per_cent, seconds))
        return self.volume

    def set_pace(self, per_cent: int) -> None:
        self.pace = per_cent

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    async def close(self) -> None:
        self.stop()
        self.closed = True
