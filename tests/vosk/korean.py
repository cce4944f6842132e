"""Korean speech for the one model that a registry ships."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from storybot.hearing.microphones.wav import read_wav

HELLO = "안녕하세요"
VOICES = ("ko", "ko+f2", "ko+m3", "ko+f5")  # espeak-ng's


def say(words: str, voice: str = VOICES[0]) -> bytes:
    """16 kHz mono int16."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        command = ["espeak-ng", "-v", voice, "-s", "130", "-w", path, words]
        subprocess.run(command, check=True, timeout=60)
        return read_wav(path).pcm
