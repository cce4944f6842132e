"""What people ask for: by voice, by button, through the control socket."""

from __future__ import annotations

from dataclasses import replace

from storybot.config import quiet_hours
from storybot.language.listening import ListenFor
from storybot.language.replies import Reply
from storybot.language.requests import RequestKind
from storybot.robot import commands, events
from storybot.robot.bedtime import good_night
from storybot.robot.events import Source, Timer
from storybot.robot.state import BUSY, RESTING, Mode, Robot
from storybot.robot.transitions import Step, begin, enter, rest, sound, stop_story
from storybot.stories.story_request import StoryRequest, new_story_request


def keyphrase(robot: Robot, event: events.KeyphraseHeard) -> Step:
    if robot.mode not in RESTING or (robot.mode is Mode.ASLEEP and robot.quiet):
        return robot, []
    todo = (commands.Earcon("listening"), commands.Listen(ListenFor.REQUEST), _answer_time(robot))
    return enter(robot, Mode.HEARING, *todo, seed=event.seed, puzzled=False)


def unclear(robot: Robot, event: events.NotUnderstood) -> Step:
    """Once after each call, with time to say it anew; a noisy room gets a story all the same."""
    if robot.mode is not Mode.HEARING or robot.puzzled:
        return robot, []
    signal = [commands.Earcon("not-understood"), _answer_time(robot)]
    return replace(robot, puzzled=True), signal


def _answer_time(robot: Robot) -> commands.Command:
    return commands.StartTimer(Timer.ANSWER, robot.settings.hearing.answer_window)


def unwelcome(robot: Robot, event: events.RequestRefused) -> Step:
    if robot.mode not in (Mode.IDLE, Mode.HEARING, Mode.DEGRADED):
        return robot, []
    return rest(robot, commands.Say(Reply.REFUSED))


def asked(robot: Robot, event: events.Asked) -> Step:
    kind = event.request.kind
    if robot.mode is Mode.STARTING:
        return robot, []
    if robot.mode is Mode.ASLEEP and robot.quiet and event.source is Source.VOICE:
        return robot, []
    if kind is RequestKind.STOP:
        return _stop(robot)
    if kind is RequestKind.GOOD_NIGHT:
        return good_night(robot)
    if kind in (RequestKind.LOUDER, RequestKind.SOFTER):
        sign = 1 if kind is RequestKind.LOUDER else -1
        return set_volume(robot, robot.volume + sign * quiet_hours.VOLUME_STEP)
    if kind is RequestKind.STORY:
        if robot.mode in BUSY:
            return robot, []
        return begin(robot, new_story_request(event.request.things, event.seed))
    if kind is RequestKind.AGAIN:
        return _again(robot, event.seed)
    things = robot.story.things if robot.story else ()
    return _anew(robot, new_story_request(things, event.seed))


def _again(robot: Robot, seed: int) -> Step:
    """The same story; where none was told yet, any."""
    return _anew(robot, robot.story or new_story_request((), seed))


def _anew(robot: Robot, story: StoryRequest) -> Step:
    """A story instead of the one that may be told now."""
    if robot.mode in BUSY:
        if robot.last:  # it is time to sleep: no further story
            return robot, []
        return begin(robot, story, commands.StopStory())
    return begin(robot, story)


def replay(robot: Robot, event: events.ReplayAsked) -> Step:
    if robot.mode not in RESTING:
        return robot, []
    return begin(robot, event.story)


def _stop(robot: Robot) -> Step:
    if robot.mode in BUSY:
        return stop_story(robot)
    if robot.mode is Mode.HEARING:
        return rest(robot)
    return robot, []


def pressed(robot: Robot, event: events.Pressed) -> Step:
    if robot.mode is Mode.STARTING or event.action == "nothing":
        return robot, []
    if event.action == "good-night":
        return good_night(robot)
    if event.action == "again":
        return _again(robot, event.seed)
    if event.action == "stop" or robot.mode in BUSY:
        return _stop(robot)
    return begin(robot, new_story_request((), event.seed))


def set_volume(robot: Robot, percent: int) -> Step:
    robot = replace(robot, volume=robot.settings.speaking.bounded(percent))
    heard = robot.mode in (Mode.IDLE, Mode.HEARING, Mode.DEGRADED)
    signal = [commands.Earcon("understood")] if heard else []
    return robot, [*sound(robot), *signal]


def volume_asked(robot: Robot, event: events.VolumeAsked) -> Step:
    return set_volume(robot, event.percent)
