"""Transitions on requests: by voice, by button, through the control socket."""

from __future__ import annotations

from dataclasses import replace

from storybot.language.choices import told_apart
from storybot.language.replies import Reply
from storybot.language.requests import Request, RequestKind
from storybot.robot import commands, dialogue, events, volume
from storybot.robot.bedtime import good_night
from storybot.robot.events import Source
from storybot.robot.state import BUSY, RESTING, Mode, Robot
from storybot.robot.transitions import (
    Step,
    begin_story,
    go_idle,
    set_sound,
    stop_story,
    story_request,
)
from storybot.stories.story_request import StoryRequest, next_chapter


def unwelcome(robot: Robot, event: events.RequestRefused) -> Step:
    if robot.mode not in (Mode.IDLE, Mode.HEARING, Mode.DEGRADED):
        return robot, []
    return go_idle(robot, commands.Say(Reply.REFUSED))


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
        direction = 1 if kind is RequestKind.LOUDER else -1
        return set_volume(robot, robot.volume + direction * volume.VOLUME_STEP)
    if kind is RequestKind.YES:
        return dialogue.yes(robot)
    if kind is RequestKind.NO:
        return _no(robot, event)
    if kind in (RequestKind.STORY, RequestKind.GO_ON) and robot.mode in BUSY:
        return robot, []
    if kind is RequestKind.STORY:
        wish = _wish(robot, event)
        return begin_story(robot, story_request(robot, wish.things, event.seed, wish.style))
    if kind is RequestKind.GO_ON:
        if event.source is Source.VOICE and robot.mode is not Mode.HEARING and not robot.goes_on:
            return robot, []  # "go on" and what sounds like it is often said to others
        story = next_chapter(robot.story) if robot.story else story_request(robot, (), event.seed)
        return begin_story(robot, story)
    if kind is RequestKind.AGAIN:
        return _again(robot, event.seed)
    things = robot.story.things if robot.story else ()
    return _replace_story(robot, story_request(robot, things, event.seed))


def _wish(robot: Robot, event: events.Asked) -> Request:
    """What is asked for; spoken, it may be the answer to a question."""
    return dialogue.meant(robot, event.request) if event.source is Source.VOICE else event.request


def alike(robot: Robot, event: events.AlikeHeard) -> Step:
    """Ask which of the two was said; where no question is left, it was the likelier."""
    asks = robot.may_ask if robot.mode is Mode.HEARING else robot.asks
    apart = told_apart(event.request, event.other)
    if apart is None or not (asks and dialogue.can_be_called(robot)):
        return asked(robot, events.Asked(event.request, event.seed))
    return dialogue.which(robot, event, *apart)


def _no(robot: Robot, event: events.Asked) -> Step:
    """ "No", or "no, a boat": that story in place of the one that begins."""
    wish = _wish(robot, event)
    if not wish.things:
        return dialogue.no(robot)
    story = story_request(robot, wish.things, event.seed, wish.style)
    if robot.mode is Mode.HEARING:
        return begin_story(robot, story)
    return _replace_story(robot, story) if robot.correctable else (robot, [])


def _again(robot: Robot, seed: int) -> Step:
    """Tell the same story again; any story where none was told yet."""
    return _replace_story(robot, robot.story or story_request(robot, (), seed))


def _replace_story(robot: Robot, story: StoryRequest) -> Step:
    """Tell a story, in place of one that is being told."""
    if robot.mode in BUSY:
        if robot.sleeps_after_story:  # it is time to sleep: no further story
            return robot, []
        return begin_story(robot, story, commands.StopStory())
    return begin_story(robot, story)


def replay(robot: Robot, event: events.ReplayAsked) -> Step:
    if robot.mode not in RESTING:
        return robot, []
    return begin_story(robot, event.story)


def _stop(robot: Robot) -> Step:
    if robot.mode in BUSY:
        return stop_story(robot)
    if robot.mode is Mode.HEARING:
        return go_idle(robot, commands.StopStory())  # a question may still sound
    return robot, []


def pressed(robot: Robot, event: events.Pressed) -> Step:
    if robot.mode is Mode.STARTING:
        return robot, []
    if robot.code and robot.mode not in BUSY:
        return replace(robot, code=""), [commands.SayCode(robot.code)]
    if event.action == "nothing":
        return robot, []
    if event.action == "stop" or (robot.mode in BUSY and event.action == "story"):
        return _stop(robot)
    after, todo = _chosen_by_press(robot, event)
    # Whoever presses while a question sounds has decided: its rest is not said.
    return after, [commands.StopStory(), *todo] if robot.mode is Mode.HEARING else todo


def _chosen_by_press(robot: Robot, event: events.Pressed) -> Step:
    if event.action == "good-night":
        return good_night(robot)
    if event.action == "again":
        return _again(robot, event.seed)
    if robot.doubt not in (None, dialogue.DENIED):  # pressed in place of "yes"
        return dialogue.yes(robot)
    return begin_story(robot, story_request(robot, (), event.seed))


def code_asked(robot: Robot, event: events.CodeAsked) -> Step:
    return replace(robot, code=event.code), []


def set_volume(robot: Robot, percent: int) -> Step:
    robot = replace(robot, volume=robot.settings.speaking.bounded(percent))
    heard = robot.mode in (Mode.IDLE, Mode.HEARING, Mode.DEGRADED)
    earcon = [commands.Earcon("understood")] if heard else []
    return robot, [*set_sound(robot), *earcon]


def volume_asked(robot: Robot, event: events.VolumeAsked) -> Step:
    return set_volume(robot, event.percent)
