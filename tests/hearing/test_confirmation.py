"""What was heard waits for the second recogniser, and stands where that does not answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from storybot.hearing.recogniser_process import RecogniserProcess
from storybot.hearing.second import confirmation as module
from storybot.hearing.second.confirmation import Confirmation
from storybot.hearing.second.second_recogniser import State, Transcript
from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor
from storybot.language.second_words import ways_to_write
from tests.fakes.microphones import FakeMicrophone
from tests.fakes.recognisers import FakeRecogniser
from tests.fakes.second import FakeSecond

CALL = "tell me a story"
SPEECH, BLOCK = b"\x01\x02" * 800, bytes(3200)
CAT = Utterance(f"{CALL} about a cat", -2.0, pcm=SPEECH)
WAIT_S = 0.05


def confirming(second: FakeSecond) -> Confirmation:
    return Confirmation(second, "Tell me a  story", wait=WAIT_S)


def taken(
    second: FakeSecond, heard: Utterance | KeyphraseOnly, wanted: ListenFor = ListenFor.KEYPHRASE
) -> Any:
    one = confirming(second)
    one.begin(heard, wanted)
    (found,) = one.wait()
    assert not one.pending
    return found


def test_confirmed_corrected_and_withdrawn() -> None:
    assert taken(FakeSecond("Tell me a story about a cat.", -0.2), CAT) is CAT
    corrected = taken(FakeSecond("Tell me a story about a badger."), CAT)
    assert corrected == Utterance("tell me a story about a badger", -2.0, open=True)
    asked = taken(FakeSecond("Tell me a story."), CAT)
    assert asked == Utterance(CAT.text, -2.0, sure=False, likely=True)
    withdrawn = taken(FakeSecond("Pass me the salt."), CAT)
    assert withdrawn == Utterance("", -2.0, sure=False)
    assert taken(FakeSecond("Tell me a story."), KeyphraseOnly(SPEECH)) == KeyphraseOnly()


def test_it_decides_between_two_that_sound_alike() -> None:
    alike = replace(CAT, alternative=f"{CALL} about a cap")
    assert taken(FakeSecond("Tell me a story about a cat.", -0.2), alike) == CAT
    hat = taken(FakeSecond("Tell me a story about a hat."), alike)
    assert (hat.text, hat.alternative) == (f"{CALL} about a hat", "")
    assert taken(FakeSecond(None), alike) is alike, "it was too slow: the box asks"


def test_the_likelier_of_two_that_sound_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    second = FakeSecond("Tell me a story about a hat.")
    alike = replace(CAT, alternative=f"{CALL} about a hat")
    cat = len(ways_to_write(CAT.text, ""))
    said = Transcript("Tell me a story about a hat.", 0.0, (*[9.0] * cat, 0.1))
    monkeypatch.setattr(second, "answer", lambda: said if second.asked else None)
    assert taken(second, alike) == replace(CAT, text=f"{CALL} about a hat")
    assert any("hat" in way for way in second.asked[0][1])


def test_nothing_was_understood_at_all() -> None:
    nothing = Utterance("", -5.0, sure=False, pcm=SPEECH)
    answer = taken(FakeSecond("A badger.", None), nothing, ListenFor.REQUEST)
    assert answer == Utterance("a badger", -5.0, open=True)


def test_a_count_that_was_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    second = FakeSecond("Tell me a story about a nurse.")
    counted = Utterance(f"{CALL} about two nurses", -2.0, pcm=SPEECH)
    one = f"{CALL} about a nurse"
    ways = [len(ways_to_write(text, "")) for text in (counted.text, one)]
    said = Transcript(second.says or "", 0.0, (*[9.0] * ways[0], *[0.0] * ways[1], 3.0, 3.0))
    monkeypatch.setattr(second, "answer", lambda: said if second.asked else None)
    assert taken(second, counted).text == one


def test_listed_things_that_sound_like_it_are_asked_about() -> None:
    second = FakeSecond("Tell me a story about rucks.", 3.0)
    second.others = (("Tell me a story about rocks.", 0.5),)
    trucks = Utterance(f"{CALL} about trucks", -2.0, pcm=SPEECH)
    assert taken(second, trucks).text == f"{CALL} about rocks"
    assert "Tell me a story about rocks." in second.asked_again[0]
    assert len(second.asked_again) == len(second.asked) == 1


def test_the_first_answer_counts_where_the_second_one_is_late() -> None:
    second = FakeSecond("Tell me a story about a badger.")
    second.others = ()
    one = confirming(second)
    one.begin(CAT, ListenFor.KEYPHRASE)
    assert one.take() == [] == one.take() and one.pending
    second.says = None  # to the second question
    (found,) = one.wait()
    assert found.text == f"{CALL} about a badger" and one.unanswered == 0


def test_a_child_is_played_slower() -> None:
    second = FakeSecond("Tell me a story about a cat.", -0.2)
    taken(second, replace(CAT, slower=1.3))
    assert second.slower == 1.3
    taken(second, KeyphraseOnly(SPEECH, 1.45))
    assert second.slower == 1.45


def test_it_is_asked_about_what_was_heard() -> None:
    second = FakeSecond("Tell me a story.", 0.0)
    taken(second, KeyphraseOnly(SPEECH))
    taken(second, Utterance("a cat", -2.0, pcm=SPEECH), ListenFor.REQUEST)
    (pcm, call), (_, answer) = second.asked
    assert pcm == SPEECH and "Tell me a story." in call
    assert "Tell me a story, a cat." in answer


@pytest.mark.parametrize("state", [State.LOADING, State.LOST])
def test_without_a_second_recogniser_the_first_is_believed(state: State) -> None:
    second = FakeSecond("Pass me the salt.")
    second.state = state
    assert taken(second, CAT) is CAT and not second.asked


def test_a_slow_one_is_not_waited_for() -> None:
    second = FakeSecond(None)
    one = confirming(second)
    one.begin(CAT, ListenFor.KEYPHRASE)
    assert one.take() == [] and one.pending
    assert one.wait() == [CAT]
    assert (one.unanswered, second.forgotten) == (1, 1)


def test_one_that_dies_is_not_waited_for() -> None:
    second = FakeSecond(None)
    one = Confirmation(second, CALL, wait=60.0)
    one.begin(CAT, ListenFor.KEYPHRASE)
    assert one.take() == []
    second.state = State.LOST
    assert one.take() == [CAT] and one.unanswered == 1


def test_each_in_its_turn_and_some_not_at_all() -> None:
    second = FakeSecond("Pass me the salt.")
    one = confirming(second)
    stop = Utterance("stop", -2.0, pcm=SPEECH)
    one.begin(CAT, ListenFor.KEYPHRASE)
    one.begin(stop, ListenFor.STOP)
    one.begin(Utterance("louder", -2.0), ListenFor.KEYPHRASE)  # without its sound
    assert one.wait() == [Utterance("", -2.0, sure=False), stop, Utterance("louder", -2.0)]
    assert len(second.asked) == 1


def test_what_is_not_wanted_any_more() -> None:
    second = FakeSecond(None)
    one = confirming(second)
    one.begin(CAT, ListenFor.KEYPHRASE)
    assert one.take() == []
    one.forget()
    assert one.take() == [] and not one.pending and second.forgotten == 1
    one.forget()
    assert second.forgotten == 1, "nothing was asked"


def test_loading_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    second = FakeSecond()
    second.state = State.LOADING
    looks = iter([State.LOADING, State.LOADING, State.READY])

    def look() -> None:
        second.state = next(looks)

    monkeypatch.setattr(second, "answer", look)
    confirming(second).wait_until_loaded(60.0)
    assert second.state is State.READY
    second.state = State.LOADING
    monkeypatch.setattr(second, "answer", lambda: None)
    confirming(second).wait_until_loaded(0.05)


class Told(list[dict[str, Any]]):
    def kinds(self, *wanted: str) -> list[str]:
        return [event["event"] for event in self if event["event"] in wanted]


def process(second: FakeSecond, events: dict[int, Any], blocks: int) -> tuple[Any, Told, Any]:
    told, recogniser = Told(), FakeRecogniser(events)
    one = RecogniserProcess(
        recogniser, lambda: FakeMicrophone([BLOCK] * blocks), told.append, confirming(second)
    )
    one.command({"do": "listen", "for": "keyphrase"})
    return one, told, recogniser


def test_the_process_reads_on_and_decodes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.time, "monotonic", lambda: 0.0)  # it is never too late
    second = FakeSecond(None)
    one, told, recogniser = process(second, {0: [KeyphraseOnly(SPEECH)]}, 6)
    for _ in range(3):
        one.step()
    assert recogniser.blocks == 1 and told.kinds("keyphrase", "heard") == []
    second.says = "Tell me a story, a badger."
    for _ in range(3):
        one.step()
    assert told.kinds("keyphrase", "heard") == ["heard"], "call and wish were one for Whisper"
    assert recogniser.blocks == 4 and len(second.asked) == 1
    assert next(e for e in told if e["event"] == "heard")["open"] is True


def test_the_answer_is_listened_for_in_what_was_read_meanwhile() -> None:
    second = FakeSecond("Tell me a story.", 0.0)
    cat = Utterance("a cat", -2.0, pcm=SPEECH)
    one, told, recogniser = process(second, {0: [KeyphraseOnly(SPEECH)], 1: [cat]}, 6)
    for _ in range(5):
        one.step()
        if told.kinds("keyphrase"):
            second.says = "Tell me a story, a cat."
    assert told.kinds("keyphrase", "heard") == ["keyphrase", "heard"]
    assert recogniser.listened_for == [ListenFor.KEYPHRASE, ListenFor.REQUEST]


@pytest.mark.parametrize("command", [{"do": "pause"}, {"do": "listen", "for": "stop"}])
def test_a_command_drops_what_waits(command: dict[str, str]) -> None:
    second = FakeSecond(None)
    one, told, _ = process(second, {0: [CAT]}, 6)
    one.step()
    one.step()
    assert one.command(command)
    second.says = "Tell me a story about a cat."
    for _ in range(3):
        one.step()
    assert told.kinds("heard", "doubtful") == [] and second.forgotten == 1


def test_how_the_second_is_is_told_when_it_changes() -> None:
    second = FakeSecond()
    second.state = State.LOADING
    one, told, _ = process(second, {}, 6)
    one.step()
    one.step()
    second.state, second.trouble = State.LOST, "it is missing"
    one.step()
    one.step()
    assert [e for e in told if e["event"] == "second"] == [
        {"event": "second", "name": "fake", "state": "loading", "why": "", "unanswered": 0},
        {
            "event": "second",
            "name": "fake",
            "state": "lost",
            "why": "it is missing",
            "unanswered": 0,
        },
    ]
