"""What `storybot doctor` and `status` say of the second recogniser and of the extras."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storybot.cli import extras
from storybot.cli.answers import described
from storybot.config.schema import HearingSettings, ServiceSettings, Settings
from storybot.errors import StorybotError
from storybot.hearing.second.confirmation import Confirmation
from storybot.hearing.second.second_recogniser import State
from storybot.speaking.voices import obtainable
from tests.fakes.second import FakeSecond

STATUS = {
    "state": "idle",
    "title": None,
    "missing": [],
    "night": False,
    "volume": 70,
    "sleeps_in": None,
    "sleeps_after": None,
    "stories": 0,
    "overruns": 0,
    "underruns": 0,
    "up": 1,
    "profile": "full",
}


def with_second(monkeypatch: pytest.MonkeyPatch, second: FakeSecond) -> None:
    monkeypatch.setattr(extras, "chosen", lambda *_: "fake")
    monkeypatch.setattr(
        extras, "loaded_confirmation", lambda *_: Confirmation(second, "tell me a story")
    )


def test_doctor_asks_it_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    second = FakeSecond("")
    with_second(monkeypatch, second)
    assert extras.second(Settings()).startswith("fake, answers in 0.")
    assert len(second.asked) == 1 and second.closed
    monkeypatch.setattr(extras, "ANSWER_WAIT_S", -1.0)
    assert "not waited for" in extras.second(Settings())


def test_doctor_says_why_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    second = FakeSecond("")
    second.state, second.trouble = State.LOST, "the second recogniser fake is missing: it has ended"
    with_second(monkeypatch, second)
    with pytest.raises(StorybotError, match="it has ended"):
        extras.second(Settings())
    assert second.closed


def test_doctor_where_there_is_none() -> None:
    none = replace(Settings(), hearing=HearingSettings(second_opinion="none"))
    assert extras.second(none).startswith("none")
    deaf = replace(Settings(), hearing=HearingSettings(driver="none"))
    assert extras.second(deaf).startswith("none")


def test_what_could_still_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "second_missing", lambda name: "pip's storybot[whisper]")
    monkeypatch.setattr(extras, "missing_for", lambda name: "")
    monkeypatch.setattr(obtainable, "missing_for", lambda name: "")
    told = extras.extras(Settings())
    assert "Whisper" in told and "(pip's storybot[whisper])" in told and "Piper" not in told
    monkeypatch.setattr(extras, "second_missing", lambda name: "")
    monkeypatch.setattr(obtainable, "missing_for", lambda name: "pip's storybot[piper]")
    assert "Piper, a natural voice (`storybot voices get joe`)" in extras.extras(Settings())
    monkeypatch.setattr(obtainable, "missing_for", lambda name: "")
    assert extras.extras(Settings()) == "all there is"
    small = replace(Settings(), service=ServiceSettings(profile="small"))
    assert "small profile" in extras.extras(small)


def test_the_status_shows_it() -> None:
    second = {"name": "whisper tiny.en", "state": "ready", "why": "", "unanswered": 2}
    told = described({**STATUS, "second": second})
    assert "second    whisper tiny.en, ready" in told and "2 answers that did not come" in told
    lost = described({**STATUS, "second": {**second, "why": "it has ended", "unanswered": 0}})
    assert "it has ended" in lost and "answers" not in lost
    assert "second" not in described({**STATUS, "second": None})
