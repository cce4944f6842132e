"""The voice through pyttsx3: one sentence, one fresh engine, one process that can be ended.

pyttsx3 on Linux loses utterances that are queued, returns early, and cannot be stopped; what is
reliable is a single save_to_file in a new process.
"""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import tempfile
import wave
from dataclasses import asdict, replace
from pathlib import Path

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.trimming import TrailingSilenceTrimmer
from storybot.speaking.voices.espeak_measured import ESPEAK_LEVEL, espeak_rate
from storybot.speaking.voices.voice import (
    OnPcm,
    SpeechParameters,
    hand_on,
    plain_text,
    unknown_accent,
)
from storybot.system import espeak_library
from storybot.system.processes import end_group_now, signal_group
from storybot.system.python_child import python_command

SAMPLE_RATE_HZ = 22050  # Hz, of the wav it writes
SENTENCE_TIMEOUT_S = 20.0  # s for one sentence
UNKNOWN, MISSING = 3, 4  # exit codes of the child
ABOUT = "espeak-ng through Python's pyttsx3"


class Pyttsx3Voice:
    """A process a sentence, which leaves a wav."""

    name = "pyttsx3"
    level = ESPEAK_LEVEL
    rate = SAMPLE_RATE_HZ

    def __init__(self, deadline: float = SENTENCE_TIMEOUT_S) -> None:
        self._deadline = deadline
        self._child: subprocess.Popen[bytes] | None = None

    def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
        with tempfile.TemporaryDirectory(prefix="storybot-") as folder:
            wav = Path(folder) / "sentence.wav"
            status = self._speak_into(wav, text, parameters)
            if status == UNKNOWN:
                raise unknown_accent(parameters.accent)
            if status == MISSING:
                raise StorybotError(
                    "pyttsx3 or its espeak library is not installed; "
                    "install pyttsx3 and libespeak-ng1, or choose another voice",
                    Exit.SOUND_OUT,
                )
            samples = _samples(wav) if status == 0 else None
            if samples is None:
                raise StorybotError(
                    f"the voice pyttsx3 made no sound (exit status {status}); choose another voice",
                    Exit.SOUND_OUT,
                )
        hand_on(text, samples, SAMPLE_RATE_HZ, on_pcm)

    def stop(self) -> None:
        child = self._child
        if child is not None:
            signal_group(child.pid, signal.SIGKILL)

    def rest(self) -> None:
        """Nothing stays in memory between two phrases."""

    def _speak_into(self, wav: Path, text: str, parameters: SpeechParameters) -> int:
        child = subprocess.Popen(
            python_command("storybot.speaking.voices.pyttsx3_child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._child = child
        try:
            own = replace(parameters, speed=espeak_rate(parameters.speed))
            task = json.dumps({"text": plain_text(text), "wav": str(wav), **asdict(own)})
            child.communicate(task.encode(), timeout=self._deadline)
            return child.returncode
        except subprocess.TimeoutExpired:
            raise StorybotError(
                f"the voice pyttsx3 was silent for {self._deadline:g} s and was ended",
                Exit.SOUND_OUT,
            ) from None
        finally:
            self._child = None
            end_group_now(child)


def make(_: SpeakingSettings) -> Pyttsx3Voice:
    """The voice."""
    return Pyttsx3Voice()


def missing() -> str:
    """What has to be installed for it; empty where it can be used."""
    if package := espeak_library.missing():
        return package
    return "" if importlib.util.find_spec("pyttsx3") else "pip's pyttsx3"


def _samples(wav: Path) -> bytes | None:
    """What a wav holds, without the silence at its end; None when it is none."""
    try:
        with wave.open(str(wav)) as file:
            return TrailingSilenceTrimmer().feed(file.readframes(file.getnframes()))
    except (OSError, EOFError, wave.Error):
        return None
