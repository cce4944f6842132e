from __future__ import annotations

import json
import os
from typing import Any

import pytest

from storybot.errors import StorybotError
from storybot.hearing import recogniser_process
from storybot.hearing.recogniser_process import Commands, RecogniserProcess
from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor
from tests.fakes.microphones import UNPLUGGED, FakeMicrophone
from tests.fakes.recognisers import FakeRecogniser

BLOCK = bytes(3200)
LISTEN = {"do": "listen", "for": "keyphrase"}


class Told(list[dict[str, Any]]):
    def kinds(self) -> list[str]:
        return [event["event"] for event in self]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self if event["event"] == kind]


def test_what_is_sure_is_told_and_the_recogniser_process_goes_on_to_the_answer() -> None:
    told = Told()
    recogniser = FakeRecogniser(
        {0: [KeyphraseOnly()], 1: [Utterance("x", -9, sure=False)], 2: [Utterance("a cat", -2.0)]}
    )
    ear = RecogniserProcess(recogniser, lambda: FakeMicrophone([BLOCK] * 3), told.append)
    assert ear.command(LISTEN)
    assert [ear.step() for _ in range(3)] == [0, 0, 0]
    assert told[0] == {"event": "ready", "recogniser": "fake", "microphone": "fake"}
    assert told.kinds() == ["ready", "keyphrase", "heartbeat", "level", "heard", "heard"]
    assert told[-1] == {"event": "heard", "text": "a cat", "confidence": -2.0}
    assert recogniser.listened_for == [ListenFor.KEYPHRASE, ListenFor.REQUEST]


def test_what_is_no_request_is_told_only_where_one_is_awaited() -> None:
    told = Told()
    doubt: list[Utterance | KeyphraseOnly] = [Utterance("x", -9.0, sure=False)]
    recogniser = FakeRecogniser({0: doubt, 1: [KeyphraseOnly()], 2: doubt, 3: doubt, 4: doubt})
    ear = RecogniserProcess(recogniser, lambda: FakeMicrophone([BLOCK] * 5), told.append)
    ear.command(LISTEN)
    for _ in range(3):
        ear.step()
    ear.command(LISTEN)
    ear.step()
    ear.command({"do": "listen", "for": "request"})
    ear.step()
    assert [kind for kind in told.kinds() if kind in ("keyphrase", "heard")] == [
        "keyphrase",
        "heard",
        "heard",
    ]
    assert told.of("heard")[0] == {"event": "heard", "text": "", "confidence": -9.0}


def test_the_heartbeat_counts_what_was_read_and_dealt_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recogniser_process, "HEARTBEAT_INTERVAL_S", 0.0)
    told, recogniser = Told(), FakeRecogniser()
    ear = RecogniserProcess(recogniser, lambda: FakeMicrophone([BLOCK] * 4), told.append)
    ear.step()
    ear.command(LISTEN)
    ear.step()
    ear.command({"do": "pause"})
    ear.step()
    assert [(b["read"], b["decoded"]) for b in told.of("heartbeat")] == [
        (1600, 1600),
        (3200, 3200),
        (4800, 4800),
    ]
    assert recogniser.blocks == 1, "only while it listens"
    assert recogniser.finished == 1, "a pause ends the utterance"
    assert told.of("level")[0]["rms"] == -96.0


def test_the_heartbeat_counts_what_all_microphones_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recogniser_process, "HEARTBEAT_INTERVAL_S", 0.0)
    told, microphones = Told(), [FakeMicrophone([BLOCK]), FakeMicrophone([BLOCK] * 2)]
    microphones[0].overruns, microphones[1].overruns = 3, 4
    coming = iter(microphones)
    ear = RecogniserProcess(FakeRecogniser(), lambda: next(coming), told.append)
    for _ in range(3):
        ear.step()
    assert [beat["overruns"] for beat in told.of("heartbeat")] == [3, 3, 7]


def test_a_lost_microphone_is_told_once_and_found_again() -> None:
    told = Told()
    plugged: list[FakeMicrophone | StorybotError] = [
        FakeMicrophone([BLOCK], "ear"),
        UNPLUGGED,
        UNPLUGGED,
        FakeMicrophone([BLOCK], "ear"),
    ]
    first = plugged[0]

    def plug() -> FakeMicrophone:
        found = plugged.pop(0)
        if isinstance(found, StorybotError):
            raise found
        return found

    ear = RecogniserProcess(FakeRecogniser(), plug, told.append)
    assert [ear.step() for _ in range(5)] == [0, 1, 1, 1, 0]
    assert told.of("trouble") == [{"event": "trouble", "sentence": str(UNPLUGGED)}]
    assert len(told.of("ready")) == 2
    assert isinstance(first, FakeMicrophone) and first.closed
    ear.close()
    ear.close()


def test_what_began_during_a_story_is_no_request() -> None:
    recogniser = FakeRecogniser()
    ear = RecogniserProcess(recogniser, lambda: FakeMicrophone([]), lambda event: None)
    for what, finished in (("keyphrase", 0), ("stop", 0), ("stop", 0), ("keyphrase", 1)):
        ear.command({"do": "listen", "for": what})
        assert recogniser.finished == finished
    ear.command({"do": "listen", "for": "request"})
    assert recogniser.finished == 1, "a keyphrase and the request after it are one"


def test_orders_that_nobody_understands_are_ignored() -> None:
    recogniser = FakeRecogniser()
    ear = RecogniserProcess(recogniser, lambda: FakeMicrophone([]), lambda event: None)
    for command in ({}, {"do": "dance"}, {"do": "listen", "for": "gossip"}, {"do": "listen"}):
        assert ear.command(command)
    assert recogniser.listened_for == []
    assert not ear.command({"do": "quit"})


def test_orders_come_as_lines_in_any_pieces() -> None:
    ours, theirs = os.pipe()
    commands = Commands(ours)
    assert commands.take(0) == []
    os.write(theirs, b'{"do": "pause"}\n{"do": ')
    assert commands.take(1) == [{"do": "pause"}]
    os.write(theirs, b'"quit"}\nnonsense\n[1]\n' + json.dumps(LISTEN).encode() + b"\n")
    assert commands.take(1) == [{"do": "quit"}, LISTEN]
    assert not commands.ended
    os.close(theirs)
    assert commands.take(1) == [] and commands.ended
    os.close(ours)


def test_during_a_long_decoding_the_heart_goes_on_and_no_sound_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recogniser_process, "HEARTBEAT_INTERVAL_S", 0.0)
    told = Told()
    blocks = [bytes([number]) * 3200 for number in range(4)]
    recogniser = FakeRecogniser()
    heard = []

    def slow(block: bytes) -> list[Utterance | KeyphraseOnly]:
        heard.append(block)
        if len(heard) == 1:
            recogniser.meanwhile(8000)
            recogniser.meanwhile(8000)
        return []

    monkeypatch.setattr(recogniser, "hear", slow)
    ear = RecogniserProcess(recogniser, lambda: FakeMicrophone(blocks), told.append)
    recogniser.meanwhile(1)  # without a microphone
    ear.command(LISTEN)
    for _ in blocks:
        ear.step()
    assert heard == blocks
    beats = [(beat["read"], beat["decoded"]) for beat in told.of("heartbeat")]
    assert beats[:2] == [(3200, 8001), (4800, 16001)]
    recogniser.meanwhile(8000)  # the microphone is lost by now
    assert len(told.of("trouble")) == 0


def test_who_begins_to_speak_is_told_once_while_a_request_is_awaited() -> None:
    told = Told()
    recogniser = FakeRecogniser({0: [KeyphraseOnly()]})
    recogniser.speech = {1, 3, 4}
    ear = RecogniserProcess(recogniser, lambda: FakeMicrophone([BLOCK] * 6), told.append)
    ear.command(LISTEN)
    for _ in range(4):
        ear.step()
    assert told.kinds().count("speech") == 1
    ear.command({"do": "listen", "for": "request"})
    ear.step()
    assert told.kinds().count("speech") == 1
    ear.command(LISTEN)
    recogniser.speech = {6}
    ear.step()
    assert told.kinds().count("speech") == 1


def test_what_is_likely_is_told_as_doubtful() -> None:
    told = Told()
    likely = Utterance("tell me a story about a cat", -3.9, sure=False, likely=True)
    ear = RecogniserProcess(
        FakeRecogniser({0: [likely]}), lambda: FakeMicrophone([BLOCK] * 2), told.append
    )
    ear.command(LISTEN)
    ear.step()
    assert told.of("doubtful") == [
        {"event": "doubtful", "text": "tell me a story about a cat", "confidence": -3.9}
    ]
    assert not told.of("heard")


def test_two_that_sound_alike_are_told_as_such() -> None:
    told, recogniser = Told(), FakeRecogniser()
    wish, other = (f"tell me a story about a {thing}" for thing in ("boat", "book"))
    recogniser.events = {0: [Utterance(wish, -2.0, alternative=other)]}
    ear = RecogniserProcess(recogniser, lambda: FakeMicrophone([BLOCK] * 3), told.append)
    ear.command(LISTEN)
    ear.step()
    assert told.of("alike") == [
        {"event": "alike", "text": wish, "other": other, "confidence": -2.0}
    ]
    assert not told.of("heard")
    recogniser.speech, recogniser.events = {2}, {2: [Utterance("mumble", -9.0, sure=False)]}
    ear.command({"do": "listen", "for": "choice"})
    ear.step()
    ear.step()
    assert [one for one in told.kinds() if one in ("speech", "heard")] == ["speech", "heard"], (
        "any speech is an answer"
    )


def test_a_correction_is_listened_for_while_the_box_speaks() -> None:
    told, recogniser = Told(), FakeRecogniser()
    ear = RecogniserProcess(recogniser, lambda: FakeMicrophone([BLOCK] * 2), told.append)
    for what in ("correction", "stop", "keyphrase"):
        ear.command({"do": "listen", "for": what})
    assert recogniser.finished == 1, "what began while it spoke ends when the story has ended"


def test_levels_are_told_often_only_while_somebody_wants_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr(recogniser_process.time, "monotonic", lambda: now)
    told = Told()
    ear = RecogniserProcess(FakeRecogniser(), lambda: FakeMicrophone([BLOCK] * 100), told.append)

    def levels_in_a_second() -> int:
        nonlocal now
        told.clear()
        for _ in range(10):
            ear.step()
            now += 0.1
        return len(told.of("level"))

    assert levels_in_a_second() == 1
    ear.command({"do": "levels", "often": True})
    assert 3 <= levels_in_a_second() <= 4
    ear.command({"do": "levels", "often": False})
    assert levels_in_a_second() == 1
