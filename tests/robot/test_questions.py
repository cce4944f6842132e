"""The talk before a story, step by step: never more than one question for one wish."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storybot.config.schema import HearingSettings, Settings
from storybot.language.listening import ListenFor
from storybot.language.replies import Reply
from storybot.language.requests import Request, understand
from storybot.robot import Mode, Robot, commands, events, initial_robot, step
from storybot.robot.events import Event, Source, Timer


def wish(words: str) -> Request:
    request = understand(words)
    assert request is not None
    return request


def said(words: str, source: Source = Source.VOICE) -> events.Asked:
    return events.Asked(wish(words), 5, source)


DRAGON = events.DoubtfulHeard(wish("a dragon"), 4)
ALIKE = events.AlikeHeard(wish("a long story about a boat"), wish("a long story about a book"), 4)
SILENCE = events.TimerExpired(Timer.ANSWER)
CALL = events.KeyphraseHeard(3)


class Talk:
    """A robot that events happen to, and what it says."""

    def __init__(self, questions: str = "on", small: bool = False) -> None:
        settings = Settings(hearing=HearingSettings(questions=questions))
        self.robot: Robot = step(initial_robot(settings, small), events.Started())[0]
        self.todo: tuple[commands.Command, ...] = ()
        self.spoken: list[str] = []

    def on(self, *happened: Event) -> Talk:
        for event in happened:
            self.robot, self.todo = step(self.robot, event)
            for command in self.todo:
                match command:
                    case commands.Say(reply):
                        self.spoken.append(reply.value)
                    case commands.AskWhether(request):
                        self.spoken.append("? " + " ".join(t.word for t in request.things))
                    case commands.AskWhich(one, other):
                        self.spoken.append(f"? {one.word}, {other.word}")
                    case commands.SayTitle(story):
                        self.spoken.append(story.title)
        return self

    @property
    def waits(self) -> float | None:
        """s of the answer timer as just set."""
        set_now = [c.seconds for c in self.todo if isinstance(c, commands.StartTimer)]
        return set_now[-1] if set_now else None


def test_after_a_bare_call_and_a_silence_it_asks_what_about() -> None:
    talk = Talk().on(CALL)
    assert commands.Earcon("listening") in talk.todo and talk.waits == 2.5
    talk.on(SILENCE)
    assert talk.spoken == [Reply.WHAT_ABOUT.value] and talk.waits == 10.0
    assert talk.robot.mode is Mode.HEARING
    talk.on(said("a boat"))
    assert talk.spoken[1:] == ["A story about a boat."]


def test_from_silence_after_the_question_comes_any_story() -> None:
    talk = Talk().on(CALL, SILENCE, SILENCE)
    assert talk.robot.mode is Mode.THINKING and talk.robot.story is not None
    assert talk.robot.story.things == ()


def test_who_speaks_is_not_interrupted() -> None:
    talk = Talk().on(CALL, events.SpeechBegan())
    assert talk.waits == 7.0 and talk.spoken == []
    talk.on(said("a boat"))
    assert talk.spoken == ["A story about a boat."]


def test_what_is_not_understood_gets_a_hint_once() -> None:
    talk = Talk().on(CALL, events.NotUnderstood())
    assert talk.spoken == [Reply.NOT_CAUGHT.value]
    talk.on(events.NotUnderstood(), events.NotUnderstood(), DRAGON)
    assert talk.spoken == [Reply.NOT_CAUGHT.value] and talk.todo == ()


@pytest.mark.parametrize("before", [(), (CALL,)])
@pytest.mark.parametrize("answer", [said("yes"), events.Pressed("story", 9)], ids=["yes", "button"])
def test_a_doubtful_request_is_asked_about(before: tuple[Event, ...], answer: Event) -> None:
    talk = Talk().on(*before, DRAGON)
    assert talk.spoken == ["? dragon"] and talk.robot.mode is Mode.HEARING
    assert commands.Listen(ListenFor.REQUEST) in talk.todo
    talk.on(answer)
    assert talk.spoken[1:] == ["A story about a dragon."]


def test_no_waits_for_the_right_request() -> None:
    talk = Talk().on(DRAGON, said("no"))
    assert commands.Earcon("listening") in talk.todo and talk.robot.mode is Mode.HEARING
    assert Talk().on(DRAGON, said("no"), said("a boat")).spoken[1:] == ["A story about a boat."]
    assert Talk().on(DRAGON, said("no, a boat")).spoken[1:] == ["A story about a boat."]
    assert Talk().on(DRAGON, said("no"), DRAGON, events.NotUnderstood()).spoken == ["? dragon"]


PRESSES = [events.Pressed(action, 5) for action in ("story", "again", "stop", "good-night")]


@pytest.mark.parametrize("decided", [said("stop"), *PRESSES])
@pytest.mark.parametrize("asked", [DRAGON, ALIKE])
def test_whoever_stops_or_presses_does_not_hear_the_rest_of_the_question(
    asked: Event, decided: Event
) -> None:
    talk = Talk().on(asked, decided)
    assert talk.todo[0] == commands.StopStory()


def test_yes_after_no_is_no_request() -> None:
    talk = Talk().on(DRAGON, said("no"), said("yes"))
    assert talk.spoken == ["? dragon"] and talk.robot.mode is Mode.HEARING


@pytest.mark.parametrize("answer", [(), (said("no"),), (events.NotUnderstood(),)])
def test_what_stays_in_doubt_starts_nothing(answer: tuple[Event, ...]) -> None:
    talk = Talk().on(DRAGON, *answer, SILENCE)
    assert talk.robot.mode is Mode.IDLE and talk.robot.doubt is None
    assert talk.spoken == ["? dragon"]


def test_yes_and_no_without_a_question() -> None:
    assert Talk().on(said("yes"), said("no"), said("no, a boat")).spoken == []
    assert Talk().on(CALL, said("yes")).spoken == [Reply.NOT_CAUGHT.value]
    assert Talk().on(CALL, said("no")).spoken == [Reply.NOT_CAUGHT.value]


def test_without_questions_it_gives_signals() -> None:
    talk = Talk("off").on(CALL)
    assert talk.waits == 7.0
    talk.on(events.NotUnderstood())
    assert commands.Earcon("not-understood") in talk.todo
    talk = Talk("off").on(DRAGON)
    assert talk.robot.mode is Mode.HEARING and commands.Earcon("listening") in talk.todo
    talk.on(DRAGON)
    assert commands.Earcon("not-understood") in talk.todo
    assert talk.spoken == []
    assert Talk("off").on(CALL, SILENCE).robot.mode is Mode.THINKING


def test_in_quiet_hours_it_asks_nothing() -> None:
    assert Talk().on(events.QuietBegan(), DRAGON, CALL).spoken == []


def test_a_story_that_begins_can_be_corrected() -> None:
    talk = Talk().on(said("a story about a cat"))
    assert commands.Listen(ListenFor.CORRECTION) in talk.todo
    talk.on(said("no, a boat"))
    assert talk.spoken == ["A story about a cat.", "A story about a boat."]
    assert commands.StopStory() in talk.todo
    talk.on(events.StoryBegan(2), said("no i said a book"))
    assert talk.spoken[2:] == ["A story about a book."]


def test_from_the_second_sentence_on_it_is_only_stopped() -> None:
    talk = Talk().on(said("a story about a cat"), events.StoryBegan(1), events.StoryGoesOn(1))
    assert talk.todo == (commands.Listen(ListenFor.STOP),)
    assert talk.on(said("no, a boat")).todo == ()
    assert talk.robot.mode is Mode.TELLING


def test_without_a_story_there_is_nothing_to_correct() -> None:
    talk = Talk().on(said("a story about a cat"), said("stop"))
    assert talk.on(said("no, a boat", Source.SOCKET)).todo == ()


def test_who_hears_nothing_during_a_story_is_not_corrected() -> None:
    talk = Talk(small=True).on(said("a story about a cat"))
    assert commands.StopListening() in talk.todo and not talk.robot.correctable
    assert talk.on(said("no, a boat")).todo == ()


def test_go_on_needs_no_call_after_a_story() -> None:
    talk = Talk().on(said("go on"))
    assert talk.todo == ()
    told = (said("a story about a cat"), events.StoryBegan(1), events.StoryTold(1))
    assert Talk().on(*told, said("go on")).spoken[1:] == ["More about the cat."]
    assert Talk().on(*told, events.TimerExpired(Timer.GO_ON), said("go on")).spoken[1:] == []
    assert Talk().on(*told, events.TimerExpired(Timer.GO_ON), CALL, said("go on")).spoken[1:] == [
        "More about the cat."
    ]
    assert Talk().on(said("go on", Source.SOCKET)).robot.mode is Mode.THINKING


def test_a_style_goes_with_the_doubt() -> None:
    doubt = events.DoubtfulHeard(wish("tell me a long story about a dragon"), 4)
    story = Talk().on(doubt, said("yes")).robot.story
    assert story is not None and story.length == "long"
    assert replace(story, length="short") != story


@pytest.mark.parametrize("before", [(), (CALL,)])
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (said("a boat"), "boat"),
        (said("the boat"), "boat"),
        (said("boat"), "boat"),
        (said("yes"), "boat"),
        (events.Chosen(second=False), "boat"),
        (events.Pressed("story", 9), "boat"),
        (SILENCE, "boat"),
        (said("a book"), "book"),
        (said("no, a book"), "book"),
        (events.Chosen(second=True), "book"),
        (said("a bear"), "bear"),
    ],
)
def test_of_two_that_sound_alike_it_asks_which(
    before: tuple[Event, ...], answer: Event, told: str
) -> None:
    talk = Talk().on(*before, ALIKE)
    assert talk.spoken == ["? boat, book"] and talk.robot.mode is Mode.HEARING
    assert commands.Listen(ListenFor.CHOICE) in talk.todo and talk.waits == 10.0
    story = talk.on(answer).robot.story
    assert story is not None and [thing.word for thing in story.things] == [told]
    assert talk.robot.mode is Mode.THINKING
    assert (story.length == "long") == (told != "bear")
    assert talk.robot.other is None


def test_neither_of_two_waits_for_the_right_request() -> None:
    talk = Talk().on(ALIKE, said("no"))
    assert commands.Listen(ListenFor.REQUEST) in talk.todo and talk.robot.mode is Mode.HEARING
    assert talk.on(events.Chosen(second=True)).robot.mode is Mode.HEARING
    assert talk.on(ALIKE).spoken == ["? boat, book", "A long story about a boat."]
    silent = Talk().on(ALIKE, said("no"), SILENCE)
    assert silent.robot.mode is Mode.IDLE and silent.spoken == ["? boat, book"]


def test_what_differs_in_one_thing_keeps_the_other() -> None:
    both = (wish("a story about a cat and a boat"), wish("a story about a cat and a book"))
    story = Talk().on(events.AlikeHeard(*both, 4), said("the book")).robot.story
    assert story is not None and [thing.word for thing in story.things] == ["cat", "book"]


def test_without_a_question_left_the_likelier_is_told() -> None:
    assert Talk("off").on(ALIKE).spoken == ["A long story about a boat."]
    assert Talk().on(CALL, SILENCE, ALIKE).spoken[1:] == ["A long story about a boat."]
    assert Talk().on(CALL, events.NotUnderstood(), ALIKE).spoken[1:] == [
        "A long story about a boat."
    ]
    twice = events.AlikeHeard(wish("a boat"), wish("two boats"), 4)
    assert Talk().on(twice).spoken == ["A story about a boat."]


def test_what_is_typed_meanwhile_is_no_answer() -> None:
    typed = Talk().on(ALIKE, said("a story about a book", Source.SOCKET)).robot.story
    assert typed is not None and typed.length != "long"


def test_numbers_without_a_question() -> None:
    assert Talk().on(events.Chosen(second=False)).spoken == []
    assert Talk().on(CALL, events.Chosen(second=True)).spoken == [Reply.NOT_CAUGHT.value]
    assert Talk().on(DRAGON, events.Chosen(second=False)).spoken == ["? dragon"]


def test_while_it_tells_it_asks_nothing() -> None:
    assert Talk().on(said("a cat"), ALIKE).spoken == ["A story about a cat."]
    assert Talk().on(events.QuietBegan(), ALIKE).spoken == []
