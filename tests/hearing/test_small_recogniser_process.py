"""Memory of the small profile's recogniser process, after somebody talked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.recognisers import spoken
from tests.fakes.small_python import small_start

pytest.importorskip("pocketsphinx")

MOST = 16  # MB; 10.4 with Python 3.11 on x86-64, where it was 19.8 with JSGF and all it imported
LISTENS = """
import sys
from types import SimpleNamespace
from storybot.hearing.small_recogniser_process import LAZY_MODULES, lean_imports
lean_imports.begin(LAZY_MODULES)
import storybot.hearing.recogniser_process, storybot.hearing.microphones.alsa
from storybot.hearing.recognisers.choice import make_recogniser
settings = SimpleNamespace(
    recogniser="pocketsphinx", keyphrase="tell me a story", things=500, gate=-3.1,
    longest_request=8.0, questions="on",
)
recogniser = make_recogniser(settings)
heard = recogniser.hear(sys.stdin.buffer.read()) + recogniser.finish()
_, resident, shared, *_ = open("/proc/self/statm").read().split()
print(heard[0].text, int(resident) - int(shared), sep="\\n")
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_the_small_recogniser_process_stays_small(tmp_path: Path) -> None:
    flags, environment = small_start()
    environment |= {
        "STORYBOT_CACHE": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "PYTHONPYCACHEPREFIX": str(tmp_path / "compiled"),
        "PYTHONDONTWRITEBYTECODE": "",
        "MALLOC_ARENA_MAX": "1",
    }
    sound = bytes(32000) + spoken("tell me a story about a dragon", "awb") + bytes(32000)
    for _ in range(2):  # the first compiles, and makes the recogniser's files
        told = subprocess.run(
            [sys.executable, *flags, "-c", LISTENS],
            input=sound,
            env=environment,
            check=True,
            capture_output=True,
        )
    text, pages = told.stdout.decode().splitlines()
    assert "dragon" in text
    assert int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20 < MOST
