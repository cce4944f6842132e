"""Text settings are the text that was given, and what YAML makes of a sign is said."""

from pathlib import Path

import pytest

from storybot.config import load
from storybot.config.load import check_file, load_settings
from storybot.errors import StorybotError


@pytest.fixture(autouse=True)
def no_other_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(load, "SYSTEM_FILE", tmp_path / "etc.yaml")


TEXTS = (
    *("0x46d", "010", "1_000", "1e3", "1.50", "+5", "0b11", "0o17", "190:20:30", ".inf", ".nan"),
    *("yes", "no", "on", "off", "true", "null", "~", "2001-01-01", "2001-99-99", "17", "-3", "="),
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_text_is_taken_as_it_stands(tmp_path: Path, text: str, quote: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"hearing:\n  microphone: {quote}{text}{quote}  # a note\n")
    assert load_settings(path, {}).settings.hearing.microphone == text


@pytest.mark.parametrize(
    "text",
    (
        *(*TEXTS, "USB: Audio", "#1", "Card #2", "*star", "&anchor", "!mark", "@home", "`tick`"),
        *("%x", "[Front]", "{x", "'quoted'", '"half', " spaced ", "- dash", "? ask", "a\tb"),
    ),
)
def test_the_environments_text_is_the_text(text: str) -> None:
    settings = load_settings(None, {"STORYBOT_HEARING_MICROPHONE": text}).settings
    assert settings.hearing.microphone == text


@pytest.mark.parametrize(
    "value",
    (
        *("USB: Audio", "@home", "`tick`", "%x", "[Front", "{Front", '"USB" Audio', "'USB' Audio"),
        *("*star", "- dash", "| pipe", "> loud", "]x", "}x", ", x", "&anchor", "!mark", "[Front]"),
        *("#1", "USB #2", "{a: b}", "USB:", "'it's'", "&USB Mic", "&a"),
    ),
)
def test_a_file_that_needs_quotes_says_so(tmp_path: Path, value: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"hearing:\n  microphone: {value}  # a note\n  driver: alsa\n")
    faults = check_file(path)
    assert [fault.where for fault in faults] == [f"{path}:2"], faults
    assert "put it in quotes" in faults[0].sentence


def test_a_fault_that_quotes_do_not_mend_does_not_name_them(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    for text, said in (
        ("hearing:\n\tdriver: alsa\n", "use spaces"),
        ("hearing:\n  driver: alsa\t\n", "use spaces"),
        ("hearing:\n driver x\n", "'key: value'"),
        ("hearing:\n  driver: alsa\n  microphone:USB\n", "'key: value'"),
        ("hearing:\n  driver: al\x07sa\n", "a control character"),
        ("hearing:\n  driver: al\0sa\n", "a control character"),
    ):
        path.write_text(text)
        (fault,) = check_file(path)
        assert said in fault.sentence, fault
        assert "quotes" not in fault.sentence, fault
        assert fault.where.startswith(f"{path}:"), fault


def test_what_another_line_refers_to_is_a_place(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("hearing:\n  microphone: &card USB\nspeaking:\n  speaker: *card\n")
    settings = load_settings(path, {}).settings
    assert (settings.hearing.microphone, settings.speaking.speaker) == ("USB", "USB")


@pytest.mark.parametrize("value", ['"a\\0b"', '"\\ud800"'])
def test_what_can_name_nothing_is_refused(tmp_path: Path, value: str) -> None:
    """The system calls take no zero byte, and no half of a character."""
    path = tmp_path / "own.yaml"
    path.write_text(f"hearing:\n  microphone: {value}\ncontrols:\n  socket: {value}\n")
    found = [(fault.where, "which no name has" in fault.sentence) for fault in check_file(path)]
    assert found == [(f"{path}:2", True), (f"{path}:4", True)]


@pytest.mark.parametrize("key", ["speaking:\n  volume", "controls:\n  button"])
@pytest.mark.parametrize("value", ["[50]", "{a: 1}", "yes", "~", "null", "[[1], {2: 3}]"])
def test_what_was_written_is_shown(tmp_path: Path, key: str, value: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"{key}: {value}\n")
    (fault,) = check_file(path)
    assert f"not {value!r}" in fault.sentence


def test_a_comment_behind_a_value_is_a_comment(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("hearing:\n  microphone: USB # the one on the shelf\n  vosk_model: #none yet\n")
    hearing = load_settings(path, {}).settings.hearing
    assert (hearing.microphone, hearing.vosk_model) == ("USB", "")


def test_numbers_are_decimal(tmp_path: Path) -> None:
    """YAML 1.1 reads 050 as the octal number 40."""
    path = tmp_path / "own.yaml"
    path.write_text("speaking:\n  volume: 050\n  pitch: 10\n")
    assert load_settings(path, {}).settings.speaking.volume == 50
    assert load_settings(path, {"STORYBOT_SPEAKING_PITCH": "020"}).settings.speaking.pitch == 20


@pytest.mark.parametrize("text", ["#1", "1: 2", "[1]", "~"])
def test_what_the_environment_gives_for_a_number_is_shown(text: str) -> None:
    with pytest.raises(StorybotError, match="expected a number"):
        load_settings(None, {"STORYBOT_SPEAKING_VOLUME": text})
