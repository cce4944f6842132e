"""Voices in child processes: the real programs, and fakes for the faults they never show."""

from __future__ import annotations

import io
import json
import sys
import threading
import time
import types
import wave
from pathlib import Path

import pytest

from storybot.errors import Exit, StorybotError
from storybot.speaking.voices import pyttsx3_child
from storybot.speaking.voices.espeak import EspeakVoice
from storybot.speaking.voices.espeak_process import EspeakProcessVoice
from storybot.speaking.voices.pyttsx3 import MISSING, UNKNOWN, Pyttsx3Voice
from storybot.speaking.voices.voice import Pcm, SpeechParameters, Voice

FAKE = str(Path(__file__).parents[1] / "fakes" / "fake_espeak.py")
SENTENCE = "Once upon a time."
SOUND = b"\xd2\x04"  # one sample of fake_espeak.py


def spoken(voice: Voice, text: str = SENTENCE, pieces: int = 1000) -> list[Pcm]:
    heard: list[Pcm] = []

    def keep(pcm: Pcm) -> bool:
        heard.append(pcm)
        return len(heard) < pieces

    voice.synthesise(text, SpeechParameters(), keep)
    voice.stop()
    return heard


@pytest.mark.parametrize("voice", [EspeakProcessVoice(), Pyttsx3Voice()], ids=lambda v: v.name)
def test_the_real_ones_speak(voice: Voice) -> None:
    if voice.name == "pyttsx3":
        pytest.importorskip("pyttsx3")
    heard = spoken(voice)
    samples = b"".join(pcm.samples for pcm in heard)
    assert 0.7 < len(samples) / 2 / voice.rate < 4
    assert any(samples[-4:]), "the silence at its end is left out"
    marks = [mark for pcm in heard for mark in pcm.words]
    assert [SENTENCE[m.start : m.start + m.length] for m in marks] == SENTENCE.split()
    with pytest.raises(StorybotError, match="no voice 'xx-none'") as caught:
        voice.synthesise(SENTENCE, SpeechParameters(accent="xx-none"), lambda pcm: True)
    assert caught.value.code == Exit.SOUND_OUT


PLAIN = "one two three four five six seven"


@pytest.mark.parametrize(
    ("text", "like"),
    [
        (f"[[{PLAIN}]]", PLAIN),
        ("[[_:_:_:_:_:_:_:_:_:_:]] hello", "[ _:_:_:_:_:_:_:_:_:_:]] hello"),
        (f"[[[{PLAIN}]]]", PLAIN),
        (f"\x0140S {PLAIN}", f"40 S {PLAIN}"),
        (f"{PLAIN}\0{PLAIN}", f"{PLAIN} {PLAIN}"),
        (f"{PLAIN}\x1b\x9b {PLAIN}", f"{PLAIN} {PLAIN}"),
        ("<speak>hello<break time='5s'/></speak>", "< speak>hello<break time='5s'/></speak>"),
    ],
)
@pytest.mark.flaky(reruns=2)  # on a busy machine pyttsx3 may leave half a wav
@pytest.mark.parametrize("voice", [EspeakProcessVoice, EspeakVoice, Pyttsx3Voice])
def test_what_looks_like_markup_is_text(voice: type[Voice], text: str, like: str) -> None:
    if voice is Pyttsx3Voice:
        pytest.importorskip("pyttsx3")
    assert seconds(voice(), text) == pytest.approx(seconds(voice(), like), rel=0.2)


def seconds(voice: Voice, text: str) -> float:
    return sum(pcm.frames for pcm in spoken(voice, text)) / voice.rate


@pytest.mark.parametrize("behaviour", ["speak", "stutter"])
def test_header_and_last_silence_are_left_out(
    behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_ESPEAK", behaviour)
    heard = spoken(EspeakProcessVoice(FAKE))
    assert b"".join(pcm.samples for pcm in heard) == SOUND * 100 * len(SENTENCE)
    assert len(heard[-1].words) == 4


def test_no_more_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ESPEAK", "endless")
    assert len(spoken(EspeakProcessVoice(FAKE), pieces=3)) == 3


@pytest.mark.parametrize("behaviour", ["hang", "hang-midway"])
def test_a_voice_that_hangs_is_ended(behaviour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ESPEAK", behaviour)
    begun = time.monotonic()
    with pytest.raises(StorybotError, match="silent for 1 s") as caught:
        spoken(EspeakProcessVoice(FAKE, deadline=1.0))
    assert caught.value.code == Exit.SOUND_OUT
    assert time.monotonic() - begun < 30


def test_stop_ends_a_voice_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ESPEAK", "hang")
    voice = EspeakProcessVoice(FAKE, deadline=60)
    threading.Timer(0.5, voice.stop).start()
    with pytest.raises(StorybotError):
        spoken(voice)


def test_a_voice_that_knows_no_such_accent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ESPEAK", "unknown")
    with pytest.raises(StorybotError, match="no voice 'en-us'"):
        spoken(EspeakProcessVoice(FAKE))


def test_a_program_that_is_missing() -> None:
    with pytest.raises(StorybotError, match="install the package espeak-ng"):
        spoken(EspeakProcessVoice("/nowhere/espeak-ng"))


def test_pyttsx3_that_hangs_is_ended() -> None:
    with pytest.raises(StorybotError, match="pyttsx3 was silent"):
        spoken(Pyttsx3Voice(deadline=0.01))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (MISSING, "install pyttsx3"),
        (UNKNOWN, "no voice"),
        (1, "made no sound"),
        (0, "made no sound"),
    ],
)
def test_what_pyttsx3s_process_reports(
    status: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = Pyttsx3Voice()
    monkeypatch.setattr(voice, "_speak_into", lambda wav, text, parameters: status)
    with pytest.raises(StorybotError, match=sentence):
        spoken(voice)


def test_pyttsx3_stops_when_no_more_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = Pyttsx3Voice()

    def write(wav: Path, text: str, parameters: SpeechParameters) -> int:
        with wave.open(str(wav), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(22050)
            file.writeframes(SOUND * 100_000)
        return 0

    monkeypatch.setattr(voice, "_speak_into", write)
    assert len(spoken(voice, pieces=2)) == 2


class FakeEngine:
    """The part of pyttsx3 that the child uses."""

    fault: Exception | None = None

    def __init__(self) -> None:
        self.asked: dict[str, object] = {}

    def connect(self, topic: str, heard: object) -> None:
        self.on_error = heard

    def getProperty(self, name: str) -> list[object]:
        return [types.SimpleNamespace(id="gmw/en-us", name="English", languages=["en-us"])]

    def setProperty(self, name: str, value: object) -> None:
        self.asked[name] = value

    def save_to_file(self, text: str, wav: str) -> None:
        self.asked["text"], self.wav = text, wav

    def runAndWait(self) -> None:
        Path(self.wav).write_bytes(b"RIFF")
        if self.fault is not None:
            self.on_error("error", self.fault)  # type: ignore[operator]


def child(
    monkeypatch: pytest.MonkeyPatch, engine: FakeEngine | Exception, wav: Path, accent: str
) -> int:
    def init(name: str) -> FakeEngine:
        if isinstance(engine, Exception):
            raise engine
        return engine

    monkeypatch.setitem(sys.modules, "pyttsx3", types.SimpleNamespace(init=init))
    task = {"text": "Hi.", "wav": str(wav), "accent": accent, "speed": 120, "pitch": 40}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(task)))
    return pyttsx3_child.main()


@pytest.mark.parametrize("accent", ["en-us", "en-us+m3", "English", "gmw/en-us"])
def test_the_child_asks_pyttsx3(
    accent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine()
    assert child(monkeypatch, engine, tmp_path / "a.wav", accent) == 0
    assert engine.asked == {"voice": accent, "rate": 120, "pitch": 40, "text": "Hi."}


def test_the_childs_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wav = tmp_path / "a.wav"
    assert child(monkeypatch, FakeEngine(), wav, "tlh") == UNKNOWN
    assert child(monkeypatch, OSError("no library"), wav, "en-us") == MISSING
    broken = FakeEngine()
    broken.fault = RuntimeError("disk full")
    assert child(monkeypatch, broken, wav, "en-us") == 1
