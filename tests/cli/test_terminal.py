"""Terminals that cannot show every character: what they lack is replaced, and nothing is lost."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from storybot.cli import terminal

OPENING = "“Zoë” — said the cat…"
WITHOUT_UTF8 = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", "\"Zoe\" - said 'I...' ?  ? 1/2 ?"),
        ("latin-1", "\"Zoë\" - said 'I...' ?  ? ½ ?"),
        ("cp1252", "“Zoë” — said ‘I…’ ?  ? ½ ?"),
        ("utf-8", "“Zoë” — said ‘I…’ Я  🐱 ½ ?"),
    ],
)
def test_the_nearest_characters_are_shown(
    encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(kept, encoding=encoding))
    terminal.replace_what_cannot_be_shown()
    print("“Zoë” — said ‘I…’ Я  🐱 ½ \udceb", end="", flush=True)
    assert kept.getvalue().decode(encoding) == shown


def test_a_stream_that_is_closed_or_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    terminal.replace_what_cannot_be_shown()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "ascii:strict"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C"},
        WITHOUT_UTF8,
    ],
    ids=str,
)
@pytest.mark.parametrize("opening", [OPENING.encode(), b"Zo\xeb \xff had a cat"])
def test_a_story_is_told_and_its_wav_kept(
    opening: bytes, environment: dict[str, str], model: Path, tmp_path: Path
) -> None:
    story = tmp_path / "story.wav"
    command = [sys.executable, "-m", "storybot", "tell", "--opening", opening]
    told = subprocess.run(
        [*command, "--model", model, "--length", "40", "--seed", "1", "--wav", story],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert b"Traceback" not in told.stderr and b"cat" in told.stdout
    with wave.open(str(story)) as file:
        assert file.getnframes() > file.getframerate()
    if environment is WITHOUT_UTF8 or "ascii" in environment.get("PYTHONIOENCODING", ""):
        assert told.stdout.isascii()


@pytest.mark.parametrize(
    "words", [("ask", b"about a \xff"), ("tell", b"about a Zo\xeb"), (b"\xff",)]
)
def test_words_that_are_no_text_are_one_sentence(words: tuple[str | bytes], tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "storybot", *words],
        env={**os.environ, "STORYBOT_CONTROLS_SOCKET": str(tmp_path / "control"), **WITHOUT_UTF8},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert told.returncode not in (0, 1) and b"Traceback" not in told.stderr
