"""A voice and a player in one thread: what the voice synthesises is queued in the player."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError, refused
from storybot.record import Record
from storybot.speaking.captions import Caption, Captions, OnWord
from storybot.speaking.limiter import Limiter
from storybot.speaking.outputs.choice import make_player
from storybot.speaking.outputs.player import Player
from storybot.speaking.pauses import Place, pause_s
from storybot.speaking.phrases import Phrase, Quotation, phrases
from storybot.speaking.trimming import MARGIN_S, SilenceLimiter
from storybot.speaking.voices.choice import make_voice
from storybot.speaking.voices.voice import Pcm, SpeechParameters, Voice

DEVICE_HANG_TIMEOUT_S = 5.0  # opening a loudspeaker takes less, or the sound server hangs
PITCH_MAX = 99  # of speaking.pitch
REOPEN_INTERVAL_S = 0.5  # between two attempts to open a lost loudspeaker


class Utterance(Record):
    """A sentence that is to be spoken."""

    text: str
    place: Place = Place.WITHIN
    on_word: OnWord | None = None  # called with slices of `text` as they are heard
    quotations: Sequence[Quotation] = ()  # which are spoken higher or lower


class Spoken(Record):
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
        self, settings: SpeakingSettings, profile: str, wav: Path | None, lost_timeout_s: float
    ) -> None:
        self._settings, self._profile, self._wav = settings, profile, wav
        self._lost_timeout_s = lost_timeout_s  # s to wait for a lost loudspeaker
        self.voice: Voice | None = None
        self.player: Player | None = None
        self.captions = Captions()
        self.generation = 0
        self.trouble: str | None = None  # why nothing is heard at the moment
        self.device_hangs_at = 0.0  # monotonic s after which trouble means that the device hangs
        # Where the sentence stood that was spoken last, in this generation and since release().
        self._before: Place | None = None

    def open(self, volume: int) -> None:
        """Load the voice and open the loudspeaker, as far as that was not done yet."""
        try:
            if self.voice is None:
                self.voice = make_voice(self._settings)
            if self.player is None:
                player = make_player(self._settings, self._profile, self.voice.rate, self._wav)
                player.gain.jump(volume)
                player.open()
                self.player = player
        except OSError as error:
            what = "the voice and the loudspeaker cannot be opened"
            raise refused(what, error, Exit.SOUND_OUT) from None

    def speak(self, utterance: Utterance, parameters: SpeechParameters, generation: int) -> Spoken:
        """Synthesise a sentence into the player's queue, after a pause if another one precedes."""
        _, player = self.voice_and_player()
        pause = pause_s(self._settings, self._before, utterance.place)
        if pause:
            self._be_silent(pause - player.idle_s(), generation)
        self._before = utterance.place if generation == self.generation else None
        caption = Caption(self.captions, utterance.text, player.written(), utterance.on_word)
        parts: list[Spoken] = []
        for phrase in phrases(utterance.text, utterance.quotations):
            if parts:
                settings = self._settings
                pause = (
                    settings.pause_sentence_s if phrase.begins_sentence else settings.pause_comma_s
                )
                self._be_silent(pause, generation)
            own = self._in_role(parameters, phrase.who)
            parts.append(self._speak_phrase(phrase, caption, own, generation))
            if not parts[-1].whole:
                break
        if generation == self.generation:
            caption.end()
        return Spoken(
            sum(part.seconds_synthesis for part in parts),
            sum(part.seconds_audio for part in parts),
            whole=parts[-1].whole,
        )

    def _speak_phrase(
        self, phrase: Phrase, caption: Caption, parameters: SpeechParameters, generation: int
    ) -> Spoken:
        voice, player = self.voice_and_player()
        start = player.written()
        limiter = Limiter(voice.level, voice.rate)
        silences = SilenceLimiter(
            round(self._settings.pause_comma_s * voice.rate), round(MARGIN_S * voice.rate)
        )
        waited, frames, whole = 0.0, 0, generation == self.generation

        def queue(sound: bytes) -> bool:
            nonlocal waited, frames, whole
            begun = time.monotonic()
            whole = self.queue(sound, generation)
            waited += time.monotonic() - begun
            frames += len(sound) // 2
            return whole

        def on_pcm(pcm: Pcm) -> bool:
            sound = limiter.feed(silences.feed(pcm.samples))
            caption.begin = start - silences.dropped
            if generation == self.generation:
                caption.add(replace(word, start=word.start + phrase.start) for word in pcm.words)
            return queue(sound)

        begun = time.monotonic()
        try:
            if whole:
                voice.synthesise(phrase.text, parameters, on_pcm)
        except (StorybotError, OSError) as error:
            whole = False
            if generation == self.generation:
                if isinstance(error, OSError):
                    raise refused("the voice cannot speak", error, Exit.SOUND_OUT) from None
                raise
        if whole:
            queue(limiter.feed(silences.end()) + limiter.end())
        return Spoken(time.monotonic() - begun - waited, frames / voice.rate, whole)

    def _in_role(self, parameters: SpeechParameters, who: int | None) -> SpeechParameters:
        """Parameters for narration (None), for the hero (0), or for somebody else in the story."""
        if who is None:
            return parameters
        offset = self._settings.dialogue_pitch
        pitch = parameters.pitch + (offset if who == 0 else -offset)
        return replace(parameters, pitch=max(0, min(PITCH_MAX, pitch)))

    def _be_silent(self, seconds: float, generation: int) -> None:
        """Queue silence between two phrases, each of which has MARGIN_S of its own at its end."""
        voice, _ = self.voice_and_player()
        frames = max(0, round((seconds - 2 * MARGIN_S) * voice.rate))
        self.queue(bytes(2 * frames), generation)

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
        limit = time.monotonic() + self._lost_timeout_s
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
        voice, player = self.voice_and_player()
        if generation == self.generation:
            self._before = None
            player.release()
            voice.rest()

    def close(self) -> None:
        """Release the device, also one that was still being opened when it was decided to."""
        if self.player is not None:
            self.player.close()

    def stop(self) -> None:
        """Drop everything given so far and be silent; from any thread."""
        self.generation += 1
        self._before = None
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
