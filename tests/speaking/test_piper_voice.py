"""Piper's process: what it says is passed on, and what hangs or dies is ended and started anew.

The real one is in test_voice_contract.py, where storybot[piper] is installed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from storybot.errors import Exit, StorybotError
from storybot.speaking.voices import piper
from storybot.speaking.voices.piper import PiperVoice
from storybot.speaking.voices.voice import Pcm, SpeechParameters
from tests.fakes.fake_piper_process import SOUND

FAKE = "tests.fakes.fake_piper_process"
SENTENCE = "Once upon a time."


@pytest.fixture
def behaviour(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FAKE_PIPER", request.param)
    yield


def spoken(voice: PiperVoice, pieces: int = 1000) -> list[Pcm]:
    heard: list[Pcm] = []

    def keep(pcm: Pcm) -> bool:
        heard.append(pcm)
        return len(heard) < pieces

    voice.synthesise(SENTENCE, SpeechParameters(), keep)
    return heard


def test_what_it_says_comes_in_pieces_with_its_words() -> None:
    voice = PiperVoice(FAKE)
    for _ in range(2):
        heard = spoken(voice)
        assert b"".join(pcm.samples for pcm in heard) == SOUND and len(heard) > 2
        words = [SENTENCE[word.start : word.start + word.length] for word in heard[0].words]
        assert words == SENTENCE.split()
    voice.close()


def test_what_was_not_wanted_is_not_heard_later() -> None:
    voice = PiperVoice(FAKE)
    assert len(spoken(voice, pieces=1)) == 1
    assert len(spoken(voice, pieces=2)) == 2
    assert b"".join(pcm.samples for pcm in spoken(voice)) == SOUND
    voice.close()


@pytest.mark.parametrize("behaviour", ["hang"], indirect=True)
def test_stop_does_not_wait_and_a_voice_that_hangs_is_ended(behaviour: None) -> None:
    voice = PiperVoice(FAKE, deadline=1.0)
    threading.Timer(0.5, voice.stop).start()
    assert spoken(voice) == []
    begun = time.monotonic()
    with pytest.raises(StorybotError, match="piper was silent for 1 s and was ended") as caught:
        spoken(voice)
    assert caught.value.code == Exit.SOUND_OUT and time.monotonic() - begun < 30
    voice.close()


@pytest.mark.parametrize("behaviour", ["hang while loading"], indirect=True)
def test_a_model_that_is_never_loaded(behaviour: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(piper, "LOADING_TIMEOUT_S", 0.5)
    voice = PiperVoice(FAKE)
    with pytest.raises(StorybotError, match=r"silent for 0\.5 s"):
        spoken(voice)
    voice.close()


@pytest.mark.parametrize("behaviour", ["die"], indirect=True)
def test_a_process_that_dies_is_started_anew(
    behaviour: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = PiperVoice(FAKE)
    with pytest.raises(StorybotError, match="piper has ended"):
        spoken(voice)
    monkeypatch.setenv("FAKE_PIPER", "speak")
    assert spoken(voice)
    voice.close()


def test_what_a_machine_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert piper.missing() == "pip's storybot[piper]"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr(piper, "memory_kb", lambda name: 250_000)
    assert piper.missing() == "512 MB of memory"
