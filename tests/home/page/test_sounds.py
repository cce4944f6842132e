"""What becomes of a story whose sound cannot be made."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from pathlib import Path

import pytest

from storybot.cli import story_sound
from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit
from storybot.home.page.asking import CannotAsk
from storybot.home.page.sounds import NO_SOUND, Sounds

STORY = {"title": "A story about a cat.", "text": "A cat sat. It slept."}


def test_the_log_says_why_and_the_browser_is_told_plainly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = "import sys; sys.stdin.read(); raise RuntimeError('no voice in ' + sys.argv[1])"
    sounds = Sounds([sys.executable, "-c", broken], tmp_path, SpeakingSettings())
    with caplog.at_level(logging.WARNING), pytest.raises(CannotAsk) as why:
        asyncio.run(sounds.render(STORY, {}))
    assert why.value.code == "no-sound" and str(why.value) == NO_SOUND
    assert "Traceback" in caplog.text and f"no voice in {tmp_path}" in caplog.text


def made(
    monkeypatch: pytest.MonkeyPatch, path: Path, speaking: dict[str, object]
) -> tuple[int, list[str]]:
    """The exit status, and the voices that were tried."""
    tried, render = [], story_sound.render

    async def noted(title: str, text: str, speaking: SpeakingSettings, path: Path) -> None:
        tried.append(speaking.voice)
        await render(title, text, speaking, path)

    given = STORY | {"speaking": speaking}
    monkeypatch.setattr(story_sound, "render", noted)
    monkeypatch.setattr(story_sound, "NICENESS", 0)
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(given)))
    monkeypatch.setattr(sys, "argv", ["story_sound", str(path)])
    return story_sound.main(), tried


def test_another_voice_only_where_the_first_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "story.wav"
    unusable = {"voice": "espeak", "accent": "martian"}
    assert made(monkeypatch, path, {"voice": "piper"}) == (Exit.OK, ["auto"])
    assert path.stat().st_size > 10_000
    code, tried = made(monkeypatch, path, unusable)
    assert code != Exit.OK and tried == ["espeak", "auto"], "nor has the other that accent"
    code, tried = made(monkeypatch, tmp_path / "nowhere/story.wav", {"voice": "espeak"})
    assert code != Exit.OK and tried == ["espeak"], "no voice can write there"
