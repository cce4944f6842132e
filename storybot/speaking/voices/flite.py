"""Voices recorded from people: CMU's flite inside the process, speaking while it synthesises."""

from __future__ import annotations

import ctypes
from typing import Any

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.limiter import Level
from storybot.speaking.voices.voice import (
    OnPcm,
    Pcm,
    SpeechParameters,
    plain_text,
    spread_words,
)
from storybot.speaking.words_per_minute import between_pauses
from storybot.system import flite_library as flite

SAMPLE_RATE_HZ = 16000  # Hz, of every speaker below
PIECE_BYTES = 4096  # bytes handed on at once: 128 ms; flite itself gives 20 ms
# Words a minute between our pauses that each has at stretch 1, reckoned back from the default
# speed, where it is to fit best: `python -m tests.speaking.calibrate` finds them again to 2 %.
NATURAL_SPEED = {"slt": 243.0, "rms": 211.0, "awb": 243.0, "kal16": 277.0}
LEVEL = {"slt": Level(0.3), "rms": Level(5.3, -3.6), "awb": Level(4.7), "kal16": Level(13.5)}
USUAL_PITCH = 55  # of speaking.pitch, at which a speaker's voice is as it was recorded
OCTAVE = 50  # of speaking.pitch, as espeak-ng has it
KAL16_PITCH_HZ = 105.0  # Hz
_ASCII = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
ABOUT = "a person, recorded; see speaking.flite_speaker"


class FliteVoice:
    """flite through ctypes. Its libraries are loaded with a sentence and given back by rest()."""

    name = "flite"
    rate = SAMPLE_RATE_HZ

    def __init__(self, speaker: str = "slt") -> None:
        self.speaker, self.level = speaker, LEVEL[speaker]
        self._callback = flite.Callback(self._take)
        self._library: flite.FliteVoiceLibrary | None = None
        self._on_pcm: OnPcm = lambda pcm: False
        self._text, self._kept, self._frames = "", b"", 0  # of what is spoken now
        self._fault: BaseException | None = None
        self._wanted = True

    def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
        plain = ascii_text(text)
        if not any(chr(sign).isalnum() for sign in plain):
            return
        if self._library is None:
            self._library = flite.FliteVoiceLibrary(self.speaker, self._callback)
        stretch = NATURAL_SPEED[self.speaker] / between_pauses(parameters.speed)
        factor = 2 ** ((parameters.pitch - USUAL_PITCH) / OCTAVE)
        self._library.set(flite.STRETCH, stretch)
        self._library.set(flite.PITCH_FACTOR, factor)
        self._library.set(flite.PITCH_MEAN, KAL16_PITCH_HZ * factor)
        self._on_pcm, self._text = on_pcm, text
        self._kept, self._frames, self._fault, self._wanted = b"", 0, None, True
        spoken = self._library.speak(plain)
        if self._fault is not None:
            raise self._fault
        if not spoken:
            raise StorybotError("the voice flite cannot speak a sentence", Exit.SOUND_OUT)

    def stop(self) -> None:
        """It waits for nothing but `on_pcm`, which then says that no more is wanted."""

    def rest(self) -> None:
        library, self._library = self._library, None
        if library is not None:
            library.close()

    def _take(self, wave: Any, start: int, frames: int, last: int, _: object) -> int:
        if not self._wanted:
            return flite.STOP
        place = ctypes.addressof(wave.contents.samples.contents) + 2 * start
        self._kept += ctypes.string_at(place, 2 * frames)
        if len(self._kept) < PIECE_BYTES and not last:
            return flite.CONTINUE
        words = spread_words(self._text, wave.contents.num_samples) if self._frames == 0 else ()
        piece, self._kept = self._kept, b""
        self._frames += len(piece) // 2
        try:
            self._wanted = self._on_pcm(Pcm(piece, self.rate, words))
        except BaseException as fault:  # it must not get lost inside the C library
            self._fault, self._wanted = fault, False
        return flite.CONTINUE if self._wanted else flite.STOP


def ascii_text(text: str) -> bytes:
    """What flite reads of `text`: letters without their accents, and no sign it does not know."""
    plain = plain_text(text).translate(_ASCII)
    if not plain.isascii():
        import unicodedata  # 1 MB, for a name with an accent

        plain = unicodedata.normalize("NFKD", plain)
    return plain.encode("ascii", "ignore")


def make(settings: SpeakingSettings) -> FliteVoice:
    """The voice with the speaker of the settings."""
    return FliteVoice(settings.flite_speaker)


def missing() -> str:
    """What has to be installed for it; empty where it can be used."""
    return flite.missing()
