"""Speaks sentences one after the other; the next is synthesised while one is played."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.captions import OnWord
from storybot.speaking.earcons import earcon
from storybot.speaking.outputs.player import Player
from storybot.speaking.pauses import Place
from storybot.speaking.phrases import Quotation
from storybot.speaking.synthesizer import Spoken, Synthesizer, Utterance
from storybot.speaking.voices.voice import SpeechParameters, Voice
from storybot.speaking.worker_thread import Result, WorkerThread

PLAYBACK_POLL_MAX_S = 0.05  # between two looks at what has been played
PLAYBACK_POLL_MIN_S = 0.005
DEVICE_CLOSE_TIMEOUT_S = 3.0  # for the device to be closed


class Speaker:
    """Voice and player for asyncio. Use it as `async with Speaker(...)`.

    Its methods are called in the event loop's thread; the synthesizer has a thread of its own.
    """

    def __init__(
        self,
        settings: SpeakingSettings,
        profile: str = "full",
        wav: Path | None = None,
        *,
        voice: Voice | None = None,
        player: Player | None = None,
        lost_timeout_s: float = 5.0,
    ) -> None:
        """`wav`: write there, play nothing. `lost_timeout_s`: s to wait for a lost loudspeaker."""
        self._settings = settings
        self._synthesizer = Synthesizer(settings, profile, wav, lost_timeout_s)
        self._synthesizer.voice, self._synthesizer.player = voice, player
        self._parameters = SpeechParameters(settings.accent, settings.speed, settings.pitch)
        self.asked_volume = settings.volume  # per cent, before floor and cap
        self.pace = 100  # per cent of the set speed
        self._volume = settings.bounded(settings.volume)
        self._worker = WorkerThread("voice")
        self._showing: asyncio.Task[None] | None = None
        self._busy = 0  # sentences that are being said

    async def __aenter__(self) -> Speaker:
        try:
            await self.open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Load the voice and open the loudspeaker; StorybotError(Exit.SOUND_OUT) says why not."""
        if self._synthesizer.voice is None or self._synthesizer.player is None:
            await self._worker.do(partial(self._synthesizer.open, self._volume))

    async def say(
        self,
        text: str,
        on_word: OnWord | None = None,
        place: Place = Place.WITHIN,
        quotations: Sequence[Quotation] = (),
    ) -> Spoken:
        """Speak a sentence after those before it; returns when all of its sound is queued.

        That is about two seconds before its end is heard, in time for the next sentence.
        `on_word` is called with slices of `text` as they are heard; `place` decides how long the
        pause before it is, and that before the next one; `quotations` are spoken at other
        pitches. Raises StorybotError(Exit.SOUND_OUT) when the voice fails or the loudspeaker
        stays lost. When the waiting task is cancelled, the speaker is silent at once.
        """
        await self.open()
        synthesizer, parameters, generation = (
            self._synthesizer,
            self._parameters,
            self._synthesizer.generation,
        )
        self._busy += 1
        self._show()
        try:
            spoken = await self._do(
                partial(
                    synthesizer.speak,
                    Utterance(text, place, on_word, quotations),
                    parameters,
                    generation,
                )
            )
        except asyncio.CancelledError:
            self.stop()
            raise
        finally:
            self._busy -= 1
        self._show()
        return spoken

    async def earcon(self, name: str) -> bool:
        """Play a short signal (see `storybot.speaking.earcons`) after what is queued.

        Returns when it is queued; False when stop() came before.
        """
        await self.open()
        voice, _ = self._synthesizer.voice_and_player()
        generation = self._synthesizer.generation
        return await self._do(
            partial(self._synthesizer.queue, earcon(name, voice.rate), generation)
        )

    async def drain(self) -> None:
        """Wait until everything said has been heard, then release the loudspeaker.

        Returns at once where it was never open.
        """
        player, generation = self._synthesizer.player, self._synthesizer.generation
        if player is None:
            return
        while generation == self._synthesizer.generation and player.played() < player.written():
            try:
                player.check()
            except StorybotError as lost:
                await self._do(partial(self._synthesizer.reopen, lost, generation))
            await asyncio.sleep(self._until(player.written()))
        self._show()
        if self._showing is not None:
            await self._showing
        if generation == self._synthesizer.generation:
            self._synthesizer.captions.clear()
            await self._worker.do(partial(self._synthesizer.release, generation))

    def stop(self) -> None:
        """Be silent within some tens of ms; calls of say() that wait return at once."""
        self._synthesizer.stop()

    def set_volume(self, per_cent: int, seconds: float | None = None) -> int:
        """Set the volume, at once or over `seconds` of sound; returns it within floor and cap."""
        self.asked_volume = per_cent
        self._volume = self._settings.bounded(per_cent)
        if self._synthesizer.player is not None:
            gain = self._synthesizer.player.gain
            gain.move(self._volume, gain.QUICK if seconds is None else seconds)
        return self._volume

    def set_pace(self, per_cent: int) -> None:
        """Speak the sentences from the next one on at this share of the set speed."""
        self.pace = per_cent
        self._parameters = replace(
            self._parameters, speed=max(1, round(self._settings.speed * per_cent / 100))
        )

    def pause(self) -> None:
        """Be silent, and keep the place in the sentence."""
        if self._synthesizer.player is not None:
            self._synthesizer.player.pause()

    def resume(self) -> None:
        """Continue where pause() was called."""
        if self._synthesizer.player is not None:
            self._synthesizer.player.resume()

    @property
    def has_voice(self) -> bool:
        """Whether the voice was loaded, be there a loudspeaker or not."""
        return self._synthesizer.voice is not None

    @property
    def volume(self) -> int:
        """Per cent, as set."""
        return self._volume

    @property
    def saying(self) -> str:
        """The sentence that is heard now; empty: none."""
        return self._synthesizer.captions.saying

    @property
    def trouble(self) -> str | None:
        """One sentence while the loudspeaker is lost and looked for."""
        return self._synthesizer.trouble

    @property
    def device_hangs(self) -> bool:
        """Whether the lost loudspeaker is no longer looked for: the sound library hangs."""
        return self.trouble is not None and time.monotonic() > self._synthesizer.device_hangs_at

    @property
    def played_samples(self) -> int:
        """Grows while something is heard: progress for a watchdog."""
        return 0 if self._synthesizer.player is None else self._synthesizer.player.played()

    @property
    def underruns(self) -> int:
        """Times that the loudspeaker ran dry, as far as its driver tells."""
        player = self._synthesizer.player
        return 0 if player is None else player.underruns

    @property
    def first_sound(self) -> float | None:
        """time.monotonic() when the first sample was heard."""
        return None if self._synthesizer.player is None else self._synthesizer.player.first_sound

    async def close(self) -> None:
        """Be silent, end the thread and release the device; a wav is complete then."""
        if self._worker.ended:
            return
        self.stop()
        if self._showing is not None:
            self._showing.cancel()
        try:
            async with asyncio.timeout(DEVICE_CLOSE_TIMEOUT_S):
                await self._worker.do(self._synthesizer.close)
        except TimeoutError:
            pass  # a sound server that hangs: the device is released when the process ends
        finally:
            self._worker.end()

    def _show(self) -> None:
        """Show captions as they are heard; an error in showing them is raised here."""
        if self._showing is not None and self._showing.done():
            showing, self._showing = self._showing, None
            showing.result()
        if self._showing is None:
            self._showing = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            player = self._synthesizer.player
            if player is None:
                return
            played, written = player.played(), player.written()
            # A voice that guesses where words lie may guess behind the end of its trimmed sound.
            heard_all = self._busy == 0 and played >= written
            due = self._synthesizer.captions.show(sys.maxsize if heard_all else played)
            if due is None and self._busy == 0:
                return
            await asyncio.sleep(PLAYBACK_POLL_MAX_S if due is None else self._until(due))

    def _until(self, frame: int) -> float:
        """How long to sleep until a frame is heard, in s."""
        voice, player = self._synthesizer.voice_and_player()
        return min(
            PLAYBACK_POLL_MAX_S, max(PLAYBACK_POLL_MIN_S, (frame - player.played()) / voice.rate)
        )

    async def _do(self, task: Callable[[], Result]) -> Result:
        """Run `task` in the synthesizer's thread; StorybotError when the device hangs."""
        work = asyncio.ensure_future(self._worker.do(task))
        try:
            while not (await asyncio.wait({work}, timeout=DEVICE_CLOSE_TIMEOUT_S / 4))[0]:
                if self.device_hangs:
                    raise StorybotError(self.trouble or "", Exit.SOUND_OUT)
            return work.result()
        finally:
            work.cancel()
