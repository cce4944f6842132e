"""`storybot words` where no daemon runs, and what `tell` and `hear` make of the words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storybot.cli.main import main
from storybot.errors import Exit
from storybot.language.family import use_family

Out = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setattr("storybot.system.folders.SYSTEM_STATE", tmp_path / "none")
    monkeypatch.setenv("STORYBOT_CONTROLS_SOCKET", str(tmp_path / "control"))
    yield tmp_path / "state"
    use_family(())


def test_words_come_and_go(state: Path, capsys: Out) -> None:
    assert main(["words"]) == Exit.OK
    assert "No words" in capsys.readouterr().out
    assert main(["words", "add", "Mimi", "--is", "cat", "--sounds", "m iy m iy"]) == Exit.OK
    assert main(["words", "add", "Noah", "--is", "boy", "--json"]) == Exit.OK
    told = capsys.readouterr().out.splitlines()
    assert told[1].split() == ["Mimi", "cat", "M", "IY", "M", "IY"]
    assert json.loads(told[-1])[1] == {"word": "Noah", "what": "boy", "sounds": ""}
    assert (state / "family-words.txt").read_text().count("\n") == 4
    assert main(["words", "remove", "mimi"]) == Exit.OK
    assert "Mimi" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("add", "Mimi", "--is", "blorb"), '"blorb" is nothing that storybot knows'),
        (("add", "7up"), "no name"),
        (("add", "gun"), "the safety filter refuses"),
        (("remove", "Bruno"), '"Bruno" is no word of the family'),
    ],
)
def test_what_cannot_be_done_is_said(words: tuple[str, ...], wrong: str, capsys: Out) -> None:
    assert main(["words", *words]) != Exit.OK
    told = capsys.readouterr().err
    assert wrong in told and told.count("\n") == 1


def test_a_story_is_about_them(model: Path, capsys: Out) -> None:
    main(["words", "add", "Mimi", "--is", "cat"])
    main(["words", "add", "Noah", "--is", "boy"])
    capsys.readouterr()
    plain = ("--model", str(model), "--plot", "off", "--length", "60", "--silent", "--seed", "3")
    assert main(["tell", "a story about me and Mimi", *plain]) == Exit.OK
    told = capsys.readouterr().out
    assert told.startswith("A story about Noah and a cat called Mimi.") and "Noah" in told[50:]


def test_they_are_heard(state: Path, say: Callable[[str], Path], capsys: Out) -> None:
    """Though no dictionary knows the word."""
    pytest.importorskip("pocketsphinx")
    (state / "family-words.txt").parent.mkdir(exist_ok=True)
    (state / "family-words.txt").write_text("Wilhelmina | dragon\n")
    few = state / "few.yaml"
    few.write_text("hearing: {things: 50, recogniser: pocketsphinx}\n")
    recording = say("tell me a story about wilhelmina")
    assert main(["hear", str(recording), "--config", str(few)]) == Exit.OK
    assert "A story about a dragon called Wilhelmina." in capsys.readouterr().out
