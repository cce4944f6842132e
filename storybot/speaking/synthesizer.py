"""A voice and a player in one thread: what the voice synthesises is queued in the player."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from storybot.config.schema import SpeakingSettings
from storybot.errors import StorybotError
from storybot.speaking.captions import Caption, Captions, OnWord
from storybot.speaking.outputs.choice import make_player
from storybot.speaking.outputs.player import Player
from storybot.speaking.trimming import SilenceLimiter
from storybot.speaking.voices.choice import make_voice
from storybot.speaking.voices.voice import Pcm, SpeechParameters, Voice

DEVICE_HANG_TIMEOUT_S = 5.0  # opening a loudspeaker takes less, or the sound server hangs
INNER_SILENCE_MAX_S = 0.2  # within a sentence
REOPEN_INTERVAL_S = 0.5  # between two attempts to open a lost loudspeaker


@dataclass(frozen=True)
class Spoken:
    """How long the synthesis of one sentence took, and how much sound it gave."""

    seconds_synthesis: float  # waiting for the player not counted
    seconds_audio: float
    whole: bool  # False: stop() cut it off


class Synthesizer:
    """Works for one Speaker. All methods but stop() are called in the speaker's thread.

    Every call carries the generation in which it was given. stop() begins the next generation;
    calls of an earlier one do nothing.
    """

    def __init__(
        self, settings: SpeakingSettings, profile: str, wav: Path | None, patience: float
    ) -> None:
        self._settings, self._profile, self._wav = settings, profile, wav
        self._patience = patience  # s to wait for a lost loudspeaker
        self.voice: Voice | None = None
        self.player: Player | None = None
        self.captions = Captions()
        self.generation = 0
        self.trouble: str | None = None  # why nothing is heard at the moment
        self.device_hangs_at = 0.0  # monotonic s after which trouble means that the device hangs
        self._follows = (
            False  # a sentence was spoken in this generation, and since the last release()
        )

    def open(self, volume: int) -> None:
        """Load the voice and open the loudspeaker, as far as that was not done yet."""
        if self.voice is None:
            self.voice = make_voice(self._settings.voice)
        if self.player is None:
            player = make_player(self._settings, self._profile, self.voice.rate, self._wav)
            player.gain.jump(volume)
            player.open()
            self.player = player

    def speak(
        self, text: str, parameters: SpeechParameters, on_word: OnWord | None, generation: int
    ) -> Spoken:
        """Synthesise a sentence into the player's queue, after a pause if another one precedes."""
        voice, player = self.voice_and_player()
        if self._follows:
            self.queue(bytes(2 * round(self._settings.pause * voice.rate)), generation)
        self._follows = generation == self.generation
        start = player.written()
        caption = Caption(self.captions, text, start, on_word)
        limiter = SilenceLimiter(round(INNER_SILENCE_MAX_S * voice.rate))
        waited, frames, whole = 0.0, 0, generation == self.generation

        def on_pcm(pcm: Pcm) -> bool:
            nonlocal waited, frames, whole
            sound = limiter.feed(pcm.samples)
            caption.begin = start - limiter.dropped
            if generation == self.generation:
                caption.add(pcm.words)
            begun = time.monotonic()
            whole = self.queue(sound, generation)
            waited += time.monotonic() - begun
            frames += len(sound) // 2
            return whole

        begun = time.monotonic()
        try:
            if whole:
                voice.synthesise(text, parameters, on_pcm)
        except StorybotError:
            whole = False
            if generation == self.generation:
                raise
        took = time.monotonic() - begun - waited
        if generation == self.generation:
            caption.end()
        return Spoken(took, frames / voice.rate, whole)

    def queue(self, samples: bytes, generation: int) -> bool:
        """Queue samples; False when stop() was called since `generation`."""
        _, player = self.voice_and_player()
        while generation == self.generation:
            try:
                player.write(samples)
            except StorybotError as lost:
                self.reopen(lost, generation)
                continue
            self.trouble = None
            if generation != self.generation:  # stop() was called during the write
                player.stop()
                break
            return True
        return False

    def reopen(self, lost: StorybotError, generation: int) -> None:
        """Try for some time to open the loudspeaker again; raises `lost` when that fails."""
        _, player = self.voice_and_player()
        self.trouble = str(lost)
        limit = time.monotonic() + self._patience
        self.device_hangs_at = limit + DEVICE_HANG_TIMEOUT_S
        while generation == self.generation:
            try:
                player.reopen()
            except StorybotError:
                if time.monotonic() > limit:
                    raise lost from None
                time.sleep(REOPEN_INTERVAL_S)
            else:
                break
        self.trouble = None

    def release(self, generation: int) -> None:
        """Everything was heard: release the loudspeaker until something is said again."""
        _, player = self.voice_and_player()
        if generation == self.generation:
            self._follows = False
            player.release()

    def close(self) -> None:
        """Release the device, also one that was still being opened when it was decided to."""
        if self.player is not None:
            self.player.close()

    def stop(self) -> None:
        """Drop everything given so far and be silent; from any thread."""
        self.generation += 1
        self._follows = False
        self.captions.clear()
        if self.voice is not None:
            self.voice.stop()
        if self.player is not None:
            self.player.stop()

    def voice_and_player(self) -> tuple[Voice, Player]:
        """Voice and player, once open() has been called."""
        if self.voice is None or self.player is None:
            raise RuntimeError("the speaker is not open")
        return self.voice, self.player
