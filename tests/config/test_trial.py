"""`storybot config --check` tries what the daemon will use: voice, recogniser, button, lights."""

from pathlib import Path

import pytest

from storybot.config import load
from storybot.config.load import check_file, load_settings
from storybot.errors import StorybotError


@pytest.fixture(autouse=True)
def no_other_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(load, "SYSTEM_FILE", tmp_path / "etc.yaml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("speaking: {accent: uk-english}", "speaking.accent: there is no voice 'uk-english'"),
        ("speaking: {accent: xx}", "speaking.accent: there is no voice 'xx' for English"),
        ("speaking: {accent: de}", "speaking.accent: there is no voice 'de' for English"),
        (
            "speaking: {accent: xx, voice: espeak-process}",
            "speaking.accent: there is no voice 'xx'",
        ),
        ("speaking: {accent: de, voice: pyttsx3}", "speaking.accent: there is no voice 'de'"),
        ("hearing: {vosk_model: /none}", "hearing.vosk_model: "),
        ("hearing: {keyphrase: hey кот}", "hearing.keyphrase: the recogniser does not know how"),
        ("controls: {button: gpio}", "controls.button: gpio needs the number or name of a line"),
        ("controls: {button: serial}", "controls.button: serial needs a port"),
        ("controls: {button: evdev}", "controls.button: evdev needs an input device"),
        ("controls: {lights: gpio}", "controls.lights: gpio needs the number or name of a line"),
        ("controls: {lights: serial}", "controls.lights: serial needs a port"),
        ("controls: {lights: sysfs}", "controls.lights: sysfs needs a lamp's name"),
        (
            "controls: {button: serial, button_device: /dev/ttyS1, button_line: rts}",
            "controls.button_line: expected text, cts or dsr for a serial button, not 'rts'",
        ),
    ],
)
def test_what_passes_alone_and_cannot_be_used(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text + "\n")
    (fault,) = check_file(path)
    assert str(fault).startswith(f"{path}:1: {told}"), fault
    with pytest.raises(StorybotError, match=r"own\.yaml:1"):  # as a reload of the daemon reads it
        load_settings(path, {})


@pytest.mark.parametrize(
    "text",
    [
        "speaking: {accent: en-gb}",
        "speaking: {accent: en-gb+f2, voice: espeak-process}",
        "hearing: {keyphrase: hey storybot}",
        "hearing: {driver: none, keyphrase: hey кот}",
        "controls: {button: gpio, button_line: 17, lights: gpio, lights_line: 18}",
        "controls: {button: serial, button_device: /dev/ttyUSB0, lights: serial}",
        "controls: {button: evdev, button_device: /dev/input/event0, button_line: KEY_ENTER}",
    ],
)
def test_what_can_be_used_passes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text + "\n")
    assert check_file(path) == []


def vosk_folder(path: Path, kind: str) -> Path:
    """A folder that is no Vosk model, in one of the ways in which a download breaks off."""
    (path / "am").mkdir(parents=True)
    if kind != "empty":
        (path / "conf").mkdir()
        (path / "conf" / "model.conf").write_text("" if kind == "no conf" else "--beam=x\n")
        (path / "am" / "final.mdl").write_bytes(b"" if kind == "empty file" else b"\0B" + b"x" * 99)
    if kind == "graph":
        (path / "graph").mkdir()
        for name in ("HCLr.fst", "Gr.fst", "words.txt"):
            (path / "graph" / name).write_bytes(b"")
    return path


@pytest.mark.parametrize("kind", ["empty", "no conf", "empty file", "garbage", "graph"])
def test_a_broken_vosk_model_is_found(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("vosk", reason="there is no Vosk for this processor")
    folder = vosk_folder(tmp_path / "model", kind)
    path = tmp_path / "own.yaml"
    path.write_text(f"hearing:\n  recogniser: vosk\n  vosk_model: {folder}\n")
    (fault,) = check_file(path)
    assert str(fault).startswith(f"{path}:3: hearing.vosk_model: "), fault


def test_the_small_profile_looks_only_the_words_up(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("service: {profile: small}\nhearing: {keyphrase: hey кот}\n")
    (fault,) = check_file(path)
    assert "does not know how to speak: кот" in fault.sentence
