"""A voice and a player together, in one thread: what is synthesised is played, or is dropped."""

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

DEVICE_HANG_TIMEOUT_S = 5.0  # s that taking the loudspeaker can last, unless the sound server hangs
INNER_SILENCE_MAX_S = 0.2  # s of silence at most inside a sentence
REOPEN_INTERVAL_S = 0.5  # s between attempts to have a lost loudspeaker back


@dataclass(frozen=True)
class Spoken:
    """What one sentence cost and gave."""

    seconds_synthesis: float  # waiting for the player not counted
    seconds_audio: float
    whole: bool  # False: stop() cut it off


class Synthesizer:
    """Works for one Speaker. All methods but silence() belong to the speaker's thread.

    Work carries the turn in which it was given; silence() begins the next turn and so voids it.
    """

    def __init__(
        self, settings: SpeakingSettings, profile: str, wav: Path | None, patience: float
    ) -> None:
        self._settings, self._profile, self._wav = settings, profile, wav
        self._patience = patience  # s to wait for a lost loudspeaker
        self.voice: Voice | None = None
        self.player: Player | None = None
        self.captions = Captions()
        self.turn = 0
        self.trouble: str | None = None  # why nothing is heard at the moment
        self.hopeless_at = 0.0  # monotonic s after which trouble means that the device hangs
        self._follows = False  # a sentence was spoken in this turn, since the last rest

    def take(self, volume: int) -> None:
        """Load the voice and take the loudspeaker; what is there already stays."""
        if self.voice is None:
            self.voice = make_voice(self._settings.voice)
        if self.player is None:
            player = make_player(self._settings, self._profile, self.voice.rate, self._wav)
            player.gain.jump(volume)
            player.open()
            self.player = player

    def speak(
        self, text: str, manner: SpeechParameters, on_word: OnWord | None, turn: int
    ) -> Spoken:
        """Synthesise a sentence into the player's queue, after a pause if one went before it."""
        voice, player = self.parts()
        if self._follows:
            self.sound(bytes(2 * round(self._settings.pause * voice.rate)), turn)
        self._follows = turn == self.turn
        start = player.written()
        caption = Caption(self.captions, text, start, on_word)
        squeezing = SilenceLimiter(round(INNER_SILENCE_MAX_S * voice.rate))
        waited, frames, whole = 0.0, 0, turn == self.turn

        def on_pcm(pcm: Pcm) -> bool:
            nonlocal waited, frames, whole
            sound = squeezing.feed(pcm.samples)
            caption.begin = start - squeezing.dropped
            if turn == self.turn:
                caption.add(pcm.words)
            begun = time.monotonic()
            whole = self.sound(sound, turn)
            waited += time.monotonic() - begun
            frames += len(sound) // 2
            return whole

        begun = time.monotonic()
        try:
            if whole:
                voice.synthesise(text, manner, on_pcm)
        except StorybotError:
            whole = False
            if turn == self.turn:
                raise
        took = time.monotonic() - begun - waited
        if turn == self.turn:
            caption.end()
        return Spoken(took, frames / voice.rate, whole)

    def sound(self, samples: bytes, turn: int) -> bool:
        """Queue samples; False when their turn is over."""
        _, player = self.parts()
        while turn == self.turn:
            try:
                player.write(samples)
            except StorybotError as lost:
                self.recover(lost, turn)
                continue
            self.trouble = None
            if turn != self.turn:  # silence() came between the question and the write
                player.stop()
                break
            return True
        return False

    def recover(self, lost: StorybotError, turn: int) -> None:
        """Try for some seconds to have the loudspeaker back; raises `lost` when it stays away."""
        _, player = self.parts()
        self.trouble = str(lost)
        limit = time.monotonic() + self._patience
        self.hopeless_at = limit + DEVICE_HANG_TIMEOUT_S
        while turn == self.turn:
            try:
                player.reopen()
            except StorybotError:
                if time.monotonic() > limit:
                    raise lost from None
                time.sleep(REOPEN_INTERVAL_S)
            else:
                break
        self.trouble = None

    def rest(self, turn: int) -> None:
        """Everything was heard: give the loudspeaker back until something is said again."""
        _, player = self.parts()
        if turn == self.turn:
            self._follows = False
            player.rest()

    def silence(self) -> None:
        """Void all work given so far and fall silent; from any thread."""
        self.turn += 1
        self._follows = False
        self.captions.clear()
        if self.voice is not None:
            self.voice.stop()
        if self.player is not None:
            self.player.stop()

    def parts(self) -> tuple[Voice, Player]:
        """Voice and player, once take() has been called."""
        if self.voice is None or self.player is None:
            raise RuntimeError("the speaker is not open")
        return self.voice, self.player
