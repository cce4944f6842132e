"""The default voice: libespeak-ng inside the process, the first sound within a millisecond."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.record import Record
from storybot.speaking.voices.espeak_measured import ESPEAK_LEVEL, espeak_rate
from storybot.speaking.voices.voice import (
    OnPcm,
    Pcm,
    SpeechParameters,
    WordMark,
    plain_text,
    unknown_accent,
)
from storybot.system import espeak_library as espeak

ABOUT = "a robot that is understood well (also: robot)"


class EspeakVoice:
    """libespeak-ng through ctypes. The library keeps one state: one such voice in a process."""

    name = "espeak"
    level = ESPEAK_LEVEL

    def __init__(self) -> None:
        self._library = espeak.load()
        self.rate = espeak.initialise(self._library)
        self._on_pcm: OnPcm = lambda pcm: False
        self._fault: BaseException | None = None
        self._parameters: SpeechParameters | None = None
        self._callback = espeak.Callback(self._take)  # the library keeps no reference of its own
        self._library.espeak_SetSynthCallback(self._callback)

    def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
        self._adopt(parameters)
        self._on_pcm, self._fault = on_pcm, None
        data = plain_text(text).encode("utf-8")
        status = self._library.espeak_Synth(
            data, len(data) + 1, 0, espeak.POSITION_CHARACTER, 0, espeak.UTF8, None, None
        )
        if self._fault is not None:
            raise self._fault
        if status != 0:
            raise StorybotError(f"the voice cannot speak (espeak status {status})", Exit.SOUND_OUT)

    def accents(self) -> list[tuple[str, str]]:
        """Language tag and name of the accents that are installed."""
        return sorted(espeak.voice_names(self._library))

    def variants(self) -> list[str]:
        """What may follow an accent: m3 in en-us+m3."""
        return sorted(espeak.variants(self._library), key=str.lower)

    def stop(self) -> None:
        """It waits for nothing but `on_pcm`, which then says that no more is wanted."""

    def rest(self) -> None:
        """It stays loaded, so that the next sentence sounds at once."""

    def _adopt(self, parameters: SpeechParameters) -> None:
        if parameters == self._parameters:
            return
        known = self._parameters is not None and parameters.accent == self._parameters.accent
        if not known and not espeak.set_voice(self._library, parameters.accent):
            raise unknown_accent(parameters.accent)
        self._library.espeak_SetParameter(espeak.RATE, espeak_rate(parameters.speed), 0)
        self._library.espeak_SetParameter(espeak.PITCH, parameters.pitch, 0)
        self._parameters = parameters

    def _take(self, samples: Any, frames: int, events: Any) -> int:
        words = tuple(_words(events))
        data = ctypes.string_at(samples, 2 * frames) if samples and frames > 0 else b""
        if not data and not words:
            return espeak.CONTINUE
        try:
            wanted = self._on_pcm(Pcm(data, self.rate, words))
        except BaseException as fault:  # it must not get lost inside the C library
            self._fault, wanted = fault, False
        return espeak.CONTINUE if wanted else espeak.ABORT


class Accent(Record):
    """A way of speaking that `speaking.accent` may name."""

    language: str  # tag, such as en-us
    name: str  # espeak-ng's name for it


def accents() -> list[Accent]:
    """The accents of English that espeak-ng has on this machine, by language tag."""
    return [Accent(*each) for each in EspeakVoice().accents() if each[0].startswith("en")]


def make(_: SpeakingSettings | None = None) -> EspeakVoice:
    """The voice; StorybotError(Exit.SOUND_OUT) says what its library lacks."""
    return EspeakVoice()


def missing() -> str:
    """What has to be installed for it; empty where it can be used."""
    return espeak.missing()


def _words(events: Any) -> Iterator[WordMark]:
    index = 0
    while events[index].type != espeak.EVENT_END:
        event = events[index]
        if event.type == espeak.EVENT_WORD and event.length > 0:  # 0: the end of a clause
            yield WordMark(event.sample, event.text_position - 1, event.length)
        index += 1
