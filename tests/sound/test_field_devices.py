"""The programs and lists of sound cards that people met in the field, as ../shared keeps them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storybot.errors import Exit

FIELD = Path(os.environ.get("STORYBOT_SHARED", Path(__file__).parents[3] / "shared")) / "field"
pytestmark = pytest.mark.skipif(not FIELD.is_dir(), reason="needs ../shared/field")
STORED = "USB PnP Sound Device: Audio (hw:1,0)"  # as the list showed it when CARD was 1


def storybot(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    config = folder / "config.yaml"
    return subprocess.run(
        [sys.executable, "-m", "storybot", words[0], "--config", str(config), *words[1:]],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("card", ["1", "2"])
def test_a_stored_name_opens_its_card_under_any_number(card: str, tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    shutil.copy(FIELD / "two_usb_cards_pyaudio.py", tmp_path / "pyaudio.py")
    (tmp_path / "config.yaml").write_text(
        f'hearing: {{driver: portaudio, recogniser: pocketsphinx, microphone: "{STORED}"}}\n'
        f'speaking: {{driver: portaudio, speaker: "{STORED}"}}\n'
    )
    cards = {"PYTHONPATH": str(tmp_path), "CARD": card}
    listed = storybot(tmp_path, "devices", **cards).stdout
    assert "USB PnP Sound Device: Audio\n" in listed and "hw:" not in listed
    assert storybot(tmp_path, "hear", **cards).stdout == "opened 1 44100\n"
    told = storybot(tmp_path, "doctor", **cards).stdout
    assert told.count("opened 1 ") == 2


def test_a_named_microphone_of_stereo_only_is_opened(tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    shutil.copy(FIELD / "bin" / "arecord-48k-stereo-only", tmp_path / "arecord")
    (tmp_path / "config.yaml").write_text("hearing: {driver: alsa, microphone: USB Mic}\n")
    told = storybot(tmp_path, "doctor", PATH=f"{tmp_path}:{os.environ['PATH']}").stdout
    assert "plughw:CARD=Mic,DEV=0 gives no sound (-96 dBFS)" in told


@pytest.mark.parametrize(
    ("name", "request_of"), [("cat-opposite-phase", "a cat"), ("cat-24-bit-extensible", "a cat")]
)
def test_recordings_are_understood(name: str, request_of: str, tmp_path: Path) -> None:
    pytest.importorskip("pocketsphinx")
    (tmp_path / "config.yaml").write_text("hearing: {recogniser: pocketsphinx}\n")
    told = storybot(tmp_path, "hear", str(FIELD / "wav" / f"{name}.wav"))
    assert told.returncode == Exit.OK and f"request:    A story about {request_of}." in told.stdout
