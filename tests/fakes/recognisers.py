"""A recogniser that hears what the test wants, and speech to give to the real ones."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
import wave
from array import array
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor

VOICES = ("slt", "rms", "awb", "kal16")  # flite's; espeak's alone recognisers do not understand


class FakeRecogniser:
    """Hears the events that were put under the number of the block."""

    name = "fake"

    def __init__(self, events: dict[int, list[Utterance | KeyphraseOnly]] | None = None) -> None:
        self.events = events or {}
        self.meanwhile: Callable[[int], None] = lambda samples: None
        self.listened_for: list[ListenFor] = []
        self.blocks = 0
        self.finished = 0
        self.speech: set[int] = set()  # numbers of blocks after which somebody speaks

    def listen_for(self, what: ListenFor) -> None:
        self.listened_for.append(what)

    @property
    def speaking(self) -> bool:
        return self.blocks in self.speech

    def hear(self, block: bytes) -> list[Utterance | KeyphraseOnly]:
        self.blocks += 1
        return self.events.get(self.blocks - 1, [])

    def finish(self) -> list[Utterance | KeyphraseOnly]:
        self.finished += 1
        return self.events.get(-1, [])


@cache
def spoken(text: str, voice: str = "slt") -> bytes:
    """This text as 16 kHz mono int16 speech of a flite voice; skips the test without flite."""
    if not shutil.which("flite"):
        pytest.skip("flite is not installed (make test installs it)")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, str(path)], check=True)
        with wave.open(str(path)) as file:
            assert (file.getframerate(), file.getnchannels()) == (16000, 1)
            return file.readframes(file.getnframes())


def noisy(speech: bytes, decibels: float, seed: int = 1) -> bytes:
    """The speech with white noise this far below its own mean power."""
    samples = array("h", speech)
    power = sum(sample * sample for sample in samples) / len(samples)
    spread = (power / 10 ** (decibels / 10)) ** 0.5
    chance = random.Random(seed)
    return array(
        "h", (max(-32768, min(32767, round(s + chance.gauss(0, spread)))) for s in samples)
    ).tobytes()


def write_wav(
    path: Path, frames: bytes, rate: int = 16000, channels: int = 1, width: int = 2
) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(frames)
    return path
