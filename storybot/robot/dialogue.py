"""The talk before a story: the box was called, asks at most one question, and is answered.

With hearing.questions off it gives signals in place of questions.
"""

from __future__ import annotations

from dataclasses import replace

from storybot.language.choices import chosen
from storybot.language.listening import ListenFor
from storybot.language.replies import Reply
from storybot.language.requests import Request, RequestKind
from storybot.language.things import Thing
from storybot.robot import commands, events
from storybot.robot.events import Timer
from storybot.robot.state import RESTING, Mode, Robot
from storybot.robot.transitions import Step, begin_story, enter, go_idle, story_request

QUESTION_AFTER_S = 2.5  # of silence after the keyphrase, before it asks what about
QUESTION_S = 3.0  # that a question takes, before it can be answered
# What is in doubt once "Did you say ...?" was denied: something, but what?
DENIED = Request(RequestKind.STORY)


def keyphrase(robot: Robot, event: events.KeyphraseHeard) -> Step:
    if not can_be_called(robot):
        return robot, []
    wait = QUESTION_AFTER_S if robot.asks else robot.settings.hearing.answer_window
    timer = commands.StartTimer(Timer.ANSWER, wait)
    todo = (commands.Earcon("listening"), commands.Listen(ListenFor.REQUEST), timer)
    changes = {"seed": event.seed, "may_ask": robot.asks, "asked_again": False}
    return enter(robot, Mode.HEARING, *todo, **changes, doubt=None, other=None)


def speech_began(robot: Robot, event: events.SpeechBegan) -> Step:
    """Nobody is interrupted with a question."""
    if robot.mode is not Mode.HEARING or not robot.may_ask:
        return robot, []
    return robot, [_answer_time(robot)]


def unclear(robot: Robot, event: events.NotUnderstood) -> Step:
    """Once after each keyphrase: say so, and wait for the request again."""
    if robot.mode is not Mode.HEARING or robot.asked_again or robot.doubt is not None:
        return robot, []
    said: list[commands.Command] = [commands.Earcon("not-understood"), _answer_time(robot)]
    if robot.asks:
        said = [commands.Say(Reply.NOT_CAUGHT), _answer_time(robot, after_question=True)]
    return replace(robot, asked_again=True, may_ask=False), said


def doubtful(robot: Robot, event: events.DoubtfulHeard) -> Step:
    """Ask whether this was said; where no question is left, it was not understood."""
    called = robot.mode is Mode.HEARING
    if called and not robot.may_ask:
        return unclear(robot, events.NotUnderstood())
    if not robot.asks:
        return keyphrase(robot, events.KeyphraseHeard(event.seed))
    if not can_be_called(robot):
        return robot, []
    question = (commands.AskWhether(event.request), commands.Listen(ListenFor.REQUEST))
    return _ask(robot, event.seed, *question, doubt=event.request, other=None)


def which(robot: Robot, event: events.AlikeHeard, one: Thing, other: Thing) -> Step:
    """Ask which of the two things, in which two requests differ, was said."""
    question = (commands.AskWhich(one, other), commands.Listen(ListenFor.CHOICE))
    return _ask(robot, event.seed, *question, doubt=event.request, other=event.other)


def _ask(robot: Robot, seed: int, *question: commands.Command, **asked: Request | None) -> Step:
    todo = (*question, _answer_time(robot, after_question=True))
    changes = {"seed": seed, "may_ask": False, "asked_again": False}
    return enter(robot, Mode.HEARING, *todo, **changes, **asked)


def answer_time_over(robot: Robot) -> Step:
    """Nobody said more: ask once; then tell about anything, or nothing where that is in doubt.

    Of two things that sound alike the likelier is told: it was believed.
    """
    if robot.may_ask:
        todo = [commands.Say(Reply.WHAT_ABOUT), _answer_time(robot, after_question=True)]
        return replace(robot, may_ask=False), todo
    if robot.other is not None:
        return yes(robot)
    if robot.doubt is not None:
        return go_idle(robot)
    # The keyphrase alone asks for a story about anything.
    return begin_story(robot, story_request(robot, (), robot.seed))


def yes(robot: Robot) -> Step:
    if robot.mode is not Mode.HEARING:
        return robot, []
    if robot.doubt is None or robot.doubt == DENIED:
        return unclear(robot, events.NotUnderstood())
    return _tell(robot, robot.doubt)


def by_number(robot: Robot, event: events.Chosen) -> Step:
    """The first or the second of the two that were asked about."""
    if robot.mode is not Mode.HEARING:
        return robot, []
    wish = robot.other if event.second else robot.doubt
    if robot.other is None or wish is None:
        return unclear(robot, events.NotUnderstood())
    return _tell(robot, wish)


def _tell(robot: Robot, wish: Request) -> Step:
    return begin_story(robot, story_request(robot, wish.things, robot.seed, wish.style))


def meant(robot: Robot, answer: Request) -> Request:
    """What is asked for by a wish that may be an answer to "A boat or a book?"."""
    if robot.doubt is None or robot.other is None:
        return answer
    return chosen(answer, robot.doubt, robot.other)


def no(robot: Robot) -> Step:
    """What was asked about is wrong: the right request is waited for."""
    if robot.mode is not Mode.HEARING:
        return robot, []
    if robot.doubt is None:
        return unclear(robot, events.NotUnderstood())
    again = [commands.Earcon("listening"), _answer_time(robot)]
    if robot.other is not None:  # neither of the two
        again.append(commands.Listen(ListenFor.REQUEST))
    return replace(robot, doubt=DENIED, other=None), again


def can_be_called(robot: Robot) -> bool:
    return robot.mode in RESTING and not (robot.mode is Mode.ASLEEP and robot.quiet)


def _answer_time(robot: Robot, after_question: bool = False) -> commands.Command:
    window = robot.settings.hearing.answer_window
    return commands.StartTimer(Timer.ANSWER, window + QUESTION_S * after_question)
