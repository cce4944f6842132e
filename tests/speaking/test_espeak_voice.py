"""The voice inside the process: the real library, which must be installed to build storybot."""

from __future__ import annotations

import ctypes
import re

import pytest

from storybot.errors import Exit, StorybotError
from storybot.speaking.voices.espeak import EspeakVoice
from storybot.speaking.voices.espeak_process import EspeakProcessVoice
from storybot.speaking.voices.voice import Pcm, SpeechParameters, WordMark
from storybot.system import espeak_library

SENTENCE = '"What are you doing?" asked Zoë, the cat.'


@pytest.fixture(scope="module")
def voice() -> EspeakVoice:
    return EspeakVoice()


DEFAULT = SpeechParameters()


def spoken(voice: EspeakVoice, text: str, parameters: SpeechParameters = DEFAULT) -> list[Pcm]:
    pieces: list[Pcm] = []

    def keep(pcm: Pcm) -> bool:
        pieces.append(pcm)
        return True

    voice.synthesise(text, parameters, keep)
    return pieces


def seconds(pieces: list[Pcm]) -> float:
    return sum(pcm.frames for pcm in pieces) / pieces[0].rate


def test_it_speaks_in_small_pieces(voice: EspeakVoice) -> None:
    pieces = spoken(voice, SENTENCE)
    assert 1.5 < seconds(pieces) < 6
    assert any(any(pcm.samples) for pcm in pieces)
    assert max(pcm.frames for pcm in pieces) <= voice.rate // 4


def test_it_tells_where_the_words_are(voice: EspeakVoice) -> None:
    pieces = spoken(voice, SENTENCE)
    marks = [mark for pcm in pieces for mark in pcm.words]
    words = [SENTENCE[mark.start : mark.start + mark.length] for mark in marks]
    assert words == ["What", "are", "you", "doing", "asked", "Zoë", "the", "cat"]
    samples = [mark.sample for mark in marks]
    assert samples == sorted(samples)
    assert samples[-1] < sum(pcm.frames for pcm in pieces)


def test_it_stops_when_no_more_is_wanted(voice: EspeakVoice) -> None:
    calls = []

    def refuse(pcm: Pcm) -> bool:
        calls.append(pcm)
        return False

    voice.synthesise("A very long sentence. " * 50, SpeechParameters(), refuse)
    assert len(calls) <= 2
    assert seconds(spoken(voice, "And it speaks again.")) > 0.5


def test_a_fault_of_the_listener_comes_through(voice: EspeakVoice) -> None:
    def fail(pcm: Pcm) -> bool:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        voice.synthesise(SENTENCE, SpeechParameters(), fail)
    assert spoken(voice, "Again.")


def test_speed_pitch_and_timbre_change_the_sound(voice: EspeakVoice) -> None:
    plain = spoken(voice, SENTENCE)
    assert seconds(spoken(voice, SENTENCE, SpeechParameters(speed=300))) < 0.75 * seconds(plain)
    for other in (
        SpeechParameters(pitch=90),
        SpeechParameters(accent="en-us+m3"),
        SpeechParameters(accent="en-gb"),
    ):
        assert b"".join(p.samples for p in spoken(voice, SENTENCE, other)) != b"".join(
            p.samples for p in plain
        )


@pytest.mark.parametrize(
    "accent", ["en-us", "en-US", "en", "en-gb+f2", "English (Scotland)", "gmw/en-029", "en-us-nyc"]
)
def test_an_accent_by_tag_name_or_file(voice: EspeakVoice, accent: str) -> None:
    for one in (voice, EspeakProcessVoice()):
        heard: list[Pcm] = []
        one.synthesise("Hello.", SpeechParameters(accent), lambda pcm, to=heard: not to.append(pcm))
        assert any(pcm.samples for pcm in heard)


@pytest.mark.parametrize(
    "accent", ["xx-none", "uk-english", "english", "de", "German", "en-uk", "e", "en-us+nosuch"]
)
def test_an_unknown_accent_is_named_and_forgotten(voice: EspeakVoice, accent: str) -> None:
    """Of an unknown name espeak-ng itself would take the first two letters: Ukrainian."""
    for one in (EspeakProcessVoice(), voice):
        with pytest.raises(StorybotError, match=f"no voice {re.escape(repr(accent))} for English"):
            one.synthesise(SENTENCE, SpeechParameters(accent), lambda pcm: True)
    with pytest.raises(StorybotError) as caught:
        spoken(voice, SENTENCE, SpeechParameters(accent=accent))
    assert caught.value.code == Exit.SOUND_OUT
    assert seconds(spoken(voice, SENTENCE)) > 1


@pytest.mark.parametrize("text", ["", "   ", "…", '"'])
def test_nothing_to_say_is_no_fault(voice: EspeakVoice, text: str) -> None:
    voice.synthesise(text, SpeechParameters(), lambda pcm: True)


def test_accents_are_listed(voice: EspeakVoice) -> None:
    assert ("en-us", "English (America)") in voice.accents()


def test_a_missing_library_is_told() -> None:
    with pytest.raises(StorybotError, match="install the package libespeak-ng1") as caught:
        espeak_library.load("libespeak-ng-is-not-here.so")
    assert caught.value.code == Exit.SOUND_OUT


def test_missing_data_is_told() -> None:
    class Library:
        @staticmethod
        def espeak_Initialize(*_: object) -> int:
            return -1

    with pytest.raises(StorybotError, match="install the package espeak-ng-data"):
        espeak_library.initialise(Library())  # type: ignore[arg-type]


def test_a_library_that_fails_is_told(voice: EspeakVoice) -> None:
    class Library:
        @staticmethod
        def espeak_Synth(*_: object) -> int:
            return 1

    real, voice._library = voice._library, Library()  # type: ignore[assignment]
    try:
        with pytest.raises(StorybotError, match="espeak status 1"):
            spoken(voice, SENTENCE)
    finally:
        voice._library = real
    assert isinstance(real, ctypes.CDLL)


def test_marks_are_what_a_voice_hands_on() -> None:
    assert Pcm(b"\0\0\0\0", 22050, (WordMark(0, 0, 1),)).frames == 2
