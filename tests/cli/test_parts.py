"""`storybot devices`, `voices` and `doctor`, on this machine and on one without sound."""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import pytest

from storybot.cli import doctor, hear, main
from storybot.config.schema import (
    ControlsSettings,
    HearingSettings,
    LibrarySettings,
    Settings,
    SpeakingSettings,
    TellingSettings,
)
from storybot.errors import Exit, StorybotError
from storybot.hearing.microphones.choice import open_microphone
from storybot.hearing.pcm import BLOCK_BYTES
from storybot.hearing.recognisers.pocketsphinx import noise_suppression
from storybot.hearing.utterance import Utterance

Out = pytest.CaptureFixture[str]


def without_sound(
    *words: str, environment: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    """A command on a machine without sound devices."""
    if any(Path("/dev/snd").glob("pcm*")):
        pytest.skip("this machine has a sound card")
    silent = {"ALSA_CONFIG_PATH": "/usr/share/alsa/alsa.conf", "PULSE_SERVER": "unix:/nowhere"}
    return subprocess.run(
        [sys.executable, "-m", "storybot", *words],
        env={**os.environ, **silent, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_no_device_at_all() -> None:
    listed = without_sound("devices")
    assert listed.returncode == Exit.SOUND_OUT
    assert listed.stdout.count("none found") == 2


def test_no_microphone() -> None:
    told = without_sound("hear")
    assert told.returncode == Exit.SOUND_IN
    assert told.stderr.startswith("storybot: ") and len(told.stderr.splitlines()) == 1


def test_no_loudspeaker(model: Path, tmp_path: Path) -> None:
    words = ("tell", "about a cat", "--model", str(model), "--plot", "off", "--length", "20")
    told = without_sound(*words)
    assert told.returncode == Exit.OK
    assert told.stdout.startswith("A story about a cat.\n") and len(told.stdout.split()) > 10
    why, figures = told.stderr.splitlines()
    assert "loudspeaker" in why and "here is the text" in why and "--wav story.wav" in why
    assert "tokens/s" in figures
    other = tmp_path / "story.wav"
    told = without_sound(*words, "--or-wav", str(other))
    assert told.returncode == Exit.OK
    assert f"the story goes into {other}" in told.stderr
    assert other.stat().st_size > 10_000


def test_no_loudspeaker_of_that_name_and_no_voice(model: Path) -> None:
    words = ("tell", "about a cat", "--model", str(model), "--plot", "off", "--length", "20")
    told = without_sound(*words, environment={"STORYBOT_SPEAKING_SPEAKER": "Bose"})
    assert told.returncode == Exit.OK and "named Bose" in told.stderr and told.stdout
    told = without_sound(*words, environment={"STORYBOT_SPEAKING_ACCENT": "xx-none"})
    assert "Traceback" not in told.stderr
    told = without_sound(*words, "--wav", "/nowhere/story.wav")
    assert told.returncode == Exit.SOUND_OUT and not told.stdout


def test_voices_marks_the_default(capsys: Out) -> None:
    assert main.main(["voices", "--accents"]) == Exit.OK
    told = capsys.readouterr().out
    assert [line.split()[1] for line in told.splitlines() if line.startswith("*")] == [
        "espeak",
        "en-us",
    ]
    assert "pyttsx3" in told


def test_doctor_tells_of_every_part(model: Path) -> None:
    told = without_sound("doctor")
    assert told.returncode != Exit.OK
    lines = {line.split()[0]: line for line in told.stdout.splitlines()}
    assert set(lines) == set(doctor.CHECKS)
    assert " ok: " not in lines["microphone"] + lines["speaker"]
    for part in ("recogniser", "voice", "memory", "permissions"):
        assert " ok: " in lines[part]


class Microphone:
    """Gives one level for ever."""

    name = "fake"
    overruns = 0

    def __init__(self, sample: int) -> None:
        self.block = sample.to_bytes(2, "little", signed=True) * (BLOCK_BYTES // 2)
        self.closed = False

    def read(self) -> bytes:
        return self.block

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("sample", "told"), [(0, "gives no sound"), (32000, "is overdriven"), (600, "fake, loudest")]
)
def test_doctor_judges_the_level(monkeypatch: pytest.MonkeyPatch, sample: int, told: str) -> None:
    microphone = Microphone(sample)
    monkeypatch.setattr(doctor, "open_microphone", lambda *_: microphone)
    check = doctor.CHECKS["microphone"]
    if told.startswith("fake"):
        assert told in check(Settings())
    else:
        with pytest.raises(StorybotError, match=told):
            check(Settings())
    assert microphone.closed


def test_doctor_tells_of_lost_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    microphone = Microphone(600)
    microphone.overruns = 3
    monkeypatch.setattr(doctor, "open_microphone", lambda *_: microphone)
    assert "3 overruns: end other programs" in doctor.CHECKS["microphone"](Settings())


def test_doctor_names_the_library_against_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = SimpleNamespace(name="pocketsphinx")
    monkeypatch.setattr(doctor, "make_recogniser", lambda settings: hearing)
    monkeypatch.setattr(noise_suppression, "missing", lambda: "the package libspeexdsp1")
    assert doctor._recogniser(Settings()).endswith("hear better with the package libspeexdsp1")
    hearing.name = "vosk"
    assert doctor._recogniser(Settings()) == "vosk"


def test_no_microphone_is_wanted() -> None:
    deaf = dataclasses.replace(Settings(), hearing=HearingSettings(driver="none"))
    assert "hearing.driver is none" in doctor.CHECKS["microphone"](deaf)
    with pytest.raises(StorybotError, match="set it to auto"):
        open_microphone(deaf.hearing, "full")


def test_doctor_tries_engine_and_model(model: Path, tmp_path: Path) -> None:
    mine = dataclasses.replace(Settings(), telling=TellingSettings(model=str(model)))
    assert "tokens/s" in doctor.CHECKS["engine"](mine)
    assert "MB" in doctor.CHECKS["model"](mine)
    if model.suffix != ".story":
        pytest.skip("only a .story carries checksums")
    damaged = tmp_path / "damaged.story"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    theirs = dataclasses.replace(Settings(), telling=TellingSettings(model=str(damaged)))
    with pytest.raises(StorybotError):
        doctor.CHECKS["model"](theirs)


def test_doctor_counts_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "memory_kb", lambda field: 60_000 if field == "MemTotal" else 9_000)
    with pytest.raises(StorybotError, match="only 8 of 58 MB available"):
        doctor.CHECKS["memory"](Settings())


class FlakyRecogniser:
    """Hears a request in the third block."""

    name = "fake"

    def __init__(self) -> None:
        self.blocks = 0

    def listen_for(self, what: object) -> None:
        self.blocks = 0

    def hear(self, block: bytes) -> Iterator[Utterance]:
        self.blocks += 1
        if self.blocks == 3:
            yield Utterance("tell me a story about a cat", -1.0)


def test_hear_from_the_microphone(monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    microphone = Microphone(600)
    monkeypatch.setattr(hear, "open_microphone", lambda *_: microphone)
    monkeypatch.setattr(hear, "make_recogniser", lambda _: FlakyRecogniser())
    assert main.main(["hear", "--once"]) == Exit.OK
    assert "request:    A story about a cat." in capsys.readouterr().out
    assert microphone.closed


def test_the_meter_spans_sixty_decibels() -> None:
    assert hear.meter(-70) == f"[{' ' * 30}]"
    assert hear.meter(-30).count("#") == 15
    assert hear.meter(3) == f"[{'#' * 30}]"


def test_silence_is_no_request(capsys: Out, tmp_path: Path) -> None:
    import wave

    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(bytes(32000))
    assert main.main(["hear", str(path)]) != Exit.OK
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_an_unrelated_sentence_starts_no_story(
    model: Path, capsys: Out, say: Callable[[str], Path]
) -> None:
    asked = say("my sister went to the market on friday")
    code = main.main(["tell", "--heard", str(asked), "--silent", "--model", str(model)])
    assert code == Exit.NOT_HEARD
    assert "no request was understood" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "group"),
    [
        (ControlsSettings(lights="sysfs", lights_device="led0"), "gpio"),
        (ControlsSettings(button="gpio"), "gpio"),
        (ControlsSettings(button="serial"), "dialout"),
    ],
)
def test_doctor_names_the_group_that_controls_need(
    monkeypatch: pytest.MonkeyPatch, settings: ControlsSettings, group: str
) -> None:
    monkeypatch.setattr(doctor.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(doctor.grp, "getgrnam", lambda name: SimpleNamespace(gr_gid=-1))
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    with pytest.raises(StorybotError, match=f"the group audio,{group}; run"):
        doctor.CHECKS["permissions"](Settings(controls=settings))


def test_doctor_goes_on_after_a_check_that_broke(
    monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    def broken(settings: Settings) -> str:
        raise ValueError("not enough values\nto unpack")

    monkeypatch.setattr(doctor, "CHECKS", {"voice": broken, "memory": lambda _: "plenty"})
    assert main.main(["doctor"]) == Exit.FAULT
    told = capsys.readouterr().out.splitlines()
    assert told[0].endswith("broke (ValueError: not enough values to unpack)")
    assert told[1].endswith("ok: plenty") and len(told) == 2


def test_doctor_claims_no_sound_where_none_is_played() -> None:
    mute = dataclasses.replace(Settings(), speaking=SpeakingSettings(driver="silent"))
    assert doctor.CHECKS["speaker"](mute) == ("nothing is played aloud: speaking.driver is silent")


def test_doctor_tries_to_keep_a_story(tmp_path: Path) -> None:
    def check(folder: Path, keep: int = 3) -> str:
        kept = LibrarySettings(folder=str(folder), keep=keep)
        return doctor.CHECKS["library"](dataclasses.replace(Settings(), library=kept))

    assert check(tmp_path / "not" / "yet") == str(tmp_path / "not" / "yet")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(StorybotError, match=r"cannot be kept in .*; make room or correct"):
        check(tmp_path / "file" / "stories")
    assert "no stories are kept" in check(tmp_path / "file", keep=0)


def test_doctor_tries_the_socket(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "control"
    here = Settings(controls=ControlsSettings(socket=str(path)))
    assert doctor.CHECKS["socket"](here) == f"{path}, where no daemon runs yet"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    there = str(tmp_path / "file" / "control")
    with pytest.raises(StorybotError, match="cannot be made") as caught:
        doctor.CHECKS["socket"](Settings(controls=ControlsSettings(socket=there)))
    assert caught.value.code == Exit.DAEMON and "controls.socket" in str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="making a namespace needs root")
def test_a_user_who_may_not_write_in_run(tmp_path: Path) -> None:
    """The daemon runs in the user's own place, and `status` and `doctor` find it there."""
    python, home = sys.executable, tmp_path / "home"
    home.mkdir()
    script = f"""
mount -t tmpfs -o ro tmpfs /run || exit 77
{python} -m storybot run & daemon=$!
for _ in $(seq 100); do {python} -m storybot status 2>&1 | grep -q "idle" && break; sleep 0.2; done
{python} -m storybot status; {python} -m storybot doctor | grep ^socket
kill $daemon; wait $daemon"""
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    env |= {"HOME": str(home), "STORYBOT_SPEAKING_DRIVER": "silent"}
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", script],
        env=env | {"STORYBOT_HEARING_DRIVER": "none"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "Operation not permitted" in done.stderr or done.returncode == 77:
        pytest.skip("namespaces are not allowed here")
    assert done.returncode == 0, done.stderr
    assert "state     idle" in done.stdout
    place = home / ".local" / "state" / "storybot" / "control"
    assert f"ok: the daemon answers at {place}" in done.stdout
