"""Players without a device, the choice of players, voices and the lists of them."""

from __future__ import annotations

import errno
import wave
from array import array
from pathlib import Path

import pytest

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs import choice
from storybot.speaking.outputs.queued_player import QueuedPlayer
from storybot.speaking.outputs.silent import SilentPlayer
from storybot.speaking.outputs.wav import WavPlayer
from storybot.speaking.voices import choice as voices
from storybot.speaking.voices import espeak as espeak_voice
from storybot.speaking.voices.flite import FliteVoice
from storybot.system import espeak_library, flite_library

RATE = 22050
SOUND = array("h", [1000, -1000] * 500).tobytes()


def test_a_wav_holds_what_was_played(tmp_path: Path) -> None:
    path = tmp_path / "story.wav"
    player = WavPlayer(path, RATE, 50)
    player.write(SOUND)
    player.pause()
    player.resume()
    player.write(SOUND)
    player.release()
    player.stop()
    player.check()
    assert not path.exists()
    assert player.played() == player.written() == 2000
    assert player.first_sound is not None
    player.close()
    player.close()
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        # half the volume is 10 dB less: a factor of 0.316
        assert set(array("h", file.readframes(9999))) == {316, -317}
        assert file.getnframes() == 2000
    assert list(tmp_path.iterdir()) == [path]


def test_a_wav_replaces_an_older_one_only_when_complete(tmp_path: Path) -> None:
    path = tmp_path / "story.wav"
    path.write_text("the old one")
    player = WavPlayer(path, RATE, 100)
    player.write(SOUND)
    assert path.read_text() == "the old one"
    player.release()
    player.close()
    assert path.read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize("rested", [False, True])
def test_a_wav_that_is_broken_off_leaves_the_older_one(rested: bool, tmp_path: Path) -> None:
    path = tmp_path / "story.wav"
    path.write_text("the old one")
    player = WavPlayer(path, RATE, 100)
    if rested:  # a story before the one that is broken off
        player.write(SOUND)
        player.release()
    player.write(SOUND)
    player.stop()
    player.close()
    assert path.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_was_said_there_is_no_wav(tmp_path: Path) -> None:
    player = WavPlayer(tmp_path / "story.wav", RATE, 100)
    player.open()
    player.close()
    assert list(tmp_path.iterdir()) == []


def test_a_wav_that_cannot_be_written(tmp_path: Path) -> None:
    player = WavPlayer(tmp_path / "no" / "story.wav", RATE, 100)
    with pytest.raises(StorybotError, match="No such file or directory") as caught:
        player.open()
    assert caught.value.code == Exit.SOUND_OUT


def test_a_wav_never_replaces_a_device(tmp_path: Path) -> None:
    with pytest.raises(StorybotError, match="is not a file"):
        WavPlayer(tmp_path, RATE, 100).reopen()


@pytest.mark.parametrize("when", ["write", "close"])
def test_a_full_disk_leaves_no_half_wav(
    when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = WavPlayer(tmp_path / "story.wav", RATE, 100)
    player.write(SOUND)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    player.release()
    if when == "write":
        monkeypatch.setattr(wave.Wave_write, "writeframesraw", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorybotError, match="No space left on device"):
        player.write(SOUND) if when == "write" else player.close()
    assert list(tmp_path.iterdir()) == []


def test_silence_counts(tmp_path: Path) -> None:
    player = SilentPlayer(RATE, 100)
    player.reopen()
    assert player.write(SOUND)
    for step in (
        player.pause,
        player.resume,
        player.stop,
        player.release,
        player.check,
        player.close,
    ):
        step()
    assert player.played() == player.written() == 1000


@pytest.mark.parametrize(
    ("driver", "profile", "has_pyaudio", "expected"),
    [
        ("auto", "full", True, "portaudio"),
        ("auto", "full", False, "alsa"),
        ("auto", "small", True, "alsa"),
        ("portaudio", "small", True, "portaudio"),
        ("silent", "full", True, "silent"),
    ],
)
def test_the_driver_for_a_profile(
    driver: str, profile: str, has_pyaudio: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: "yes" if has_pyaudio else None)
    assert choice.chosen(SpeakingSettings(driver=driver), profile) == expected


def test_the_player_for_a_driver(tmp_path: Path) -> None:
    def made(driver: str, wav: Path | None = None) -> object:
        return choice.make_player(SpeakingSettings(driver=driver), "full", RATE, wav)

    assert isinstance(made("silent"), SilentPlayer)
    assert isinstance(made("wav"), WavPlayer)
    assert isinstance(made("portaudio", tmp_path / "a.wav"), WavPlayer)
    assert isinstance(made("portaudio"), QueuedPlayer)
    assert isinstance(made("alsa"), QueuedPlayer)


def test_loudspeakers_come_from_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storybot.speaking.outputs.portaudio.device_names", lambda: [("P", True)])
    monkeypatch.setattr("storybot.speaking.outputs.alsa.device_names", lambda: [("A", False)])

    def listed(driver: str) -> list[tuple[str, bool]]:
        return choice.loudspeaker_names(SpeakingSettings(driver=driver), "full")

    assert listed("portaudio") == [("P", True)]
    assert listed("alsa") == [("A", False)]
    with pytest.raises(StorybotError, match="silent has no loudspeakers"):
        listed("silent")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What the machine is made to have; tests take things away."""
    has = {"library", "program", "pyttsx3"}

    def load(name: str = "") -> object:
        if "library" not in has:
            raise StorybotError("the voice library libespeak-ng is missing", Exit.SOUND_OUT)
        return object()

    monkeypatch.setattr(espeak_library, "load", load)
    monkeypatch.setattr(
        flite_library, "missing", lambda: "" if "flite" in has else flite_library.PACKAGE
    )
    monkeypatch.setattr("shutil.which", lambda name: "/x" if "program" in has else None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: "x" if "pyttsx3" in has else None)
    return has


def test_auto_takes_the_first_voice_there_is(installed: set[str]) -> None:
    settings = SpeakingSettings()
    assert voices.chosen(settings) == "espeak"
    installed.remove("library")
    assert voices.chosen(settings) == "espeak-process"
    assert voices.make_voice(settings).name == "espeak-process"
    assert "libespeak-ng1" in voices.missing_for("espeak")
    assert "libespeak-ng1" in voices.missing_for("pyttsx3")
    installed.remove("program")
    assert voices.chosen(settings) == "espeak"
    with pytest.raises(StorybotError, match="libespeak-ng is missing"):
        voices.make_voice(settings)
    assert voices.chosen(SpeakingSettings(voice="pyttsx3")) == "pyttsx3"


def test_flite_speaks_with_the_speaker_of_the_settings(installed: set[str]) -> None:
    installed.add("flite")
    settings = SpeakingSettings(voice="flite", flite_speaker="rms")
    voice = voices.make_voice(settings)
    assert isinstance(voice, FliteVoice) and voice.speaker == "rms"
    installed.remove("flite")
    with pytest.raises(StorybotError, match="flite needs the package libflite1; install it"):
        voices.make_voice(settings)


def test_a_voice_that_is_not_installed(installed: set[str]) -> None:
    assert voices.make_voice(SpeakingSettings(voice="pyttsx3")).name == "pyttsx3"
    installed.remove("pyttsx3")
    with pytest.raises(StorybotError, match=r"pyttsx3 needs pip's pyttsx3; install it"):
        voices.make_voice(SpeakingSettings(voice="pyttsx3"))
    installed.remove("program")
    with pytest.raises(StorybotError, match="needs the package espeak-ng"):
        voices.make_voice(SpeakingSettings(voice="espeak-process"))


def test_the_accents_are_those_of_english() -> None:
    found = [accent.language for accent in espeak_voice.accents()]
    assert "en-us" in found and all(language.startswith("en") for language in found)
    assert voices.make_voice(SpeakingSettings(voice="espeak")).name == "espeak"
