"""`storybot hear` without its recogniser, and on recordings that needed help."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from storybot.cli import hear, main
from storybot.errors import Exit, StorybotError
from storybot.hearing.utterance import Utterance
from tests.fakes.microphones import FakeMicrophone
from tests.fakes.recognisers import FakeRecogniser, write_wav


def test_what_had_to_be_done_to_a_recording_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    overdriven = write_wav(tmp_path / "loud.wav", b"\xff\x7f\x00\x80" * 8000)
    monkeypatch.setattr(hear, "make_recogniser", lambda _: FakeRecogniser())
    assert main.main(["hear", str(overdriven)]) == Exit.NOT_HEARD
    assert "note: " in (said := capsys.readouterr().out) and "is overdriven: speak less" in said


def test_a_recogniser_that_is_not_installed_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STORYBOT_HEARING_RECOGNISER", "pocketsphinx")
    monkeypatch.delitem(
        sys.modules, "storybot.hearing.recognisers.pocketsphinx.recogniser", raising=False
    )
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    quiet = write_wav(tmp_path / "quiet.wav", bytes(32000))
    assert main.main(["hear", str(quiet)]) == Exit.SOUND_IN
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "pocketsphinx is not usable" in sentence and "pip install pocketsphinx" in sentence


def test_a_microphone_that_is_lost_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It gives a block and is unplugged; the second attempt to open it again succeeds."""
    block = bytes(3200)
    gone = StorybotError("cannot open the microphone fake", Exit.SOUND_IN)
    found: list[FakeMicrophone | StorybotError] = [
        FakeMicrophone([block]),
        gone,
        FakeMicrophone([block, block]),
    ]
    first = found[0]

    def opened(*_: object) -> FakeMicrophone:
        one = found.pop(0)
        if isinstance(one, StorybotError):
            raise one
        return one

    heard = Utterance("tell me a story about a cat", -1.0)
    monkeypatch.setattr(hear, "open_microphone", opened)
    monkeypatch.setattr(hear, "REOPEN_INTERVAL_S", 0.01)
    monkeypatch.setattr(hear, "make_recogniser", lambda _: FakeRecogniser({2: [heard]}))
    assert main.main(["hear", "--once"]) == Exit.OK
    told = capsys.readouterr()
    assert told.err.splitlines() == [
        "storybot: the microphone fake gives no more sound; waiting for it",
        "storybot: the microphone fake is back",
    ]
    assert "A story about a cat." in told.out
    assert isinstance(first, FakeMicrophone) and first.closed


def test_a_bare_keyphrase_has_no_figure() -> None:
    assert "confidence" not in hear.described(Utterance("tell me a story", -100.0))
    assert "confidence: -1.50\n" in hear.described(Utterance("tell me a story", -1.5))


def test_of_two_that_sound_alike_the_question_is_shown() -> None:
    boat, book = (f"tell me a story about a {thing}" for thing in ("boat", "book"))
    heard = Utterance(boat, -2.0, alternative=book)
    assert "one of two; the box asks: A boat or a book?" in hear.described(heard)
    assert hear.as_data(heard)["asks"] == "A boat or a book?"
    assert hear.as_data(heard)["request"] == "A story about a boat."
