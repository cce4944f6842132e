"""What becomes of a story whose sound cannot be made."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import wave
from pathlib import Path

import pytest

from storybot.cli import story_sound
from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit
from storybot.home.page.asking import CannotAsk
from storybot.home.page.sounds import MP3, NO_SOUND, WAV, SoundMaker, Sounds
from storybot.speaking import mp3

STORY = {"title": "A story about a cat.", "text": "A cat sat. It slept."}
# Of MPEG-2 layer III, by the numbers in a frame's head.
MPEG_2_LAYER_3 = 0b111111111111001  # sync, version, layer
MONO, FRAME_SAMPLES = 3, 576
SAMPLE_RATES_HZ = (22050, 24000, 16000)
BIT_RATES_KBPS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def made_by(program: str, folder: Path, kinds: tuple[str, ...] = (WAV,)) -> Sounds:
    """Sounds that a Python program makes."""
    maker = SoundMaker((sys.executable, "-c", program), kinds)
    return Sounds(maker, folder, SpeakingSettings())


def test_the_log_says_why_and_the_browser_is_told_plainly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = "import sys; sys.stdin.read(); raise RuntimeError('no voice in ' + sys.argv[1])"
    sounds = made_by(broken, tmp_path)
    with caplog.at_level(logging.WARNING), pytest.raises(CannotAsk) as why:
        asyncio.run(sounds.render(WAV, STORY, {}))
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


def test_an_mp3_of_the_same_length(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing but that file is left; its frames are MPEG's (ISO 11172-3, 13818-3)."""
    pytest.importorskip("lameenc", reason="needs storybot[page] on x86-64 or arm64")
    path = tmp_path / "story.mp3"
    assert made(monkeypatch, path, {"voice": "espeak"}) == (Exit.OK, ["espeak"])
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    wav = path.with_suffix(".wav")
    assert made(monkeypatch, wav, {"voice": "espeak"}) == (Exit.OK, ["espeak"])
    with wave.open(str(wav)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        rate = sound.getframerate()
    frames = mpeg_frames(path.read_bytes())
    assert {one[:3] for one in frames} == {(rate, mp3.BIT_RATE_KBPS, MONO)}
    assert seconds <= sum(one[3] for one in frames) < seconds + 0.2, "its delay and padding beside"


def mpeg_frames(data: bytes) -> list[tuple[int, int, int, float]]:
    """Sample rate, kbit/s, channel mode and length in s of each frame of an MPEG-2 layer III."""
    found, at = [], 0
    while at < len(data):
        head = int.from_bytes(data[at : at + 4], "big")
        assert head >> 17 == MPEG_2_LAYER_3, f"no frame at {at}"
        bit_rate, rate = BIT_RATES_KBPS[head >> 12 & 15], SAMPLE_RATES_HZ[head >> 10 & 3]
        found.append((rate, bit_rate, head >> 6 & 3, FRAME_SAMPLES / rate))
        at += 72 * bit_rate * 1000 // rate + (head >> 9 & 1)  # bytes; the last: padding
    assert at == len(data)
    return found


def test_what_is_made_cannot_last_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it hangs in; its half file goes with it."""
    monkeypatch.setattr("storybot.home.page.sounds.LONGEST_S", 1.0)
    hangs = "import sys, time; open(sys.argv[1] + '.wav', 'w').close(); time.sleep(60)"
    sounds = made_by(hangs, tmp_path, (MP3, WAV))
    with caplog.at_level(logging.WARNING), pytest.raises(CannotAsk, match="could not be made"):
        asyncio.run(sounds.render(MP3, STORY, {}))
    assert "not in 1 s" in caplog.text and not list(tmp_path.iterdir())


def test_where_there_is_no_encoder_there_is_no_mp3(tmp_path: Path) -> None:
    with pytest.raises(CannotAsk, match="not saved as mp3"):
        asyncio.run(made_by("", tmp_path).render(MP3, STORY, {}))
