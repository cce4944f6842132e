"""libespeak-ng comes without the libraries for a playback of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storybot.system import espeak_library

ROOT = Path(__file__).parents[2]
SPEAK = """
import sys
from storybot.system import espeak_library
if len(sys.argv) > 1:
    espeak_library.SILENT_PCAUDIO = (espeak_library.SILENT_PCAUDIO[0].with_name("missing.so"),)
from storybot.speaking.voices.espeak import EspeakVoice
from storybot.speaking.voices.voice import SpeechParameters
got = []
parameters = SpeechParameters("en-us", 150, 50)
EspeakVoice().synthesise("Hello.", parameters, lambda pcm: not got.append(pcm))
assert sum(len(pcm.samples) for pcm in got) > 10000
print(open("/proc/self/maps").read())
"""


def libraries(*words: str) -> str:
    """What is mapped by a process that spoke; every function of every library must be found."""
    done = subprocess.run(
        [sys.executable, "-c", SPEAK, *words],
        env={**os.environ, "LD_BIND_NOW": "1"},
        capture_output=True,
        check=False,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert "libespeak-ng" in done.stdout
    return done.stdout


@pytest.mark.skipif(
    not any(each.exists() for each in espeak_library.SILENT_PCAUDIO), reason="needs `make engine`"
)
def test_no_library_for_playback_is_loaded() -> None:
    mapped = libraries()
    assert "silent-pcaudio.so" in mapped
    assert not any(name in mapped for name in ("libpulse", "libX11", "libpcaudio", "libsndfile"))


def test_speaks_without_the_silent_library_too() -> None:
    assert "silent-pcaudio.so" not in libraries("without")
