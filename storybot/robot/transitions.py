"""Transitions that several events share: idle, sleep, begin a story, stop it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storybot.language.listening import ListenFor
from storybot.language.replies import Reply
from storybot.language.requests import AS_USUAL, Style
from storybot.language.things import Thing
from storybot.robot import commands, volume
from storybot.robot.commands import Command
from storybot.robot.events import Timer
from storybot.robot.state import BUSY, STORY_PARTS, Mode, Robot, light
from storybot.stories.story_request import StoryRequest, new_story_request

STOP_WAITING = (
    commands.StopTimer(Timer.ANSWER),
    commands.StopTimer(Timer.HOLD),
)  # waits that ended

GO_ON_S = 180.0  # after a story's end
GO_ON_TIME = commands.StartTimer(Timer.GO_ON, GO_ON_S)

Step = tuple[Robot, list[Command]]


def set_sound(robot: Robot) -> list[Command]:
    """Volume and pace as they are to be now."""
    bed = robot.settings.bedtime
    return [
        commands.SetVolume(volume.sounding_volume(robot.volume, robot.night, bed)),
        commands.SetPace(volume.pace(robot.night, bed)),
    ]


def enter(robot: Robot, mode: Mode, *todo: Command, **changes: Any) -> Step:
    """The robot in `mode`; the lights follow."""
    if mode is not Mode.HEARING:
        changes |= {"doubt": None, "other": None}
    if mode not in BUSY:
        changes |= {"correctable": False, "one_more": None}
    after = replace(robot, mode=mode, **changes)
    return after, [*todo, commands.Show(light(after))]


def go_idle(robot: Robot, *todo: Command) -> Step:
    """Wait for a request, or sleep where it is time."""
    if robot.quiet or robot.sleeps_after_story:
        return fall_asleep(robot, *todo)
    mode = Mode.DEGRADED if robot.missing else Mode.IDLE
    return enter(robot, mode, *todo, *STOP_WAITING, commands.Listen(ListenFor.KEYPHRASE))


def fall_asleep(robot: Robot, *todo: Command) -> Step:
    """Sleep, with a lullaby where it was bedtime. Outside quiet hours the keyphrase wakes it."""
    awake = replace(
        robot, bedtime=False, stories_left=None, sleeps_after_story=False, goes_on=False
    )
    listening = commands.StopListening() if robot.quiet else commands.Listen(ListenFor.KEYPHRASE)
    return enter(
        awake,
        Mode.ASLEEP,
        *todo,
        *STOP_WAITING,
        commands.StopTimer(Timer.SLEEP),
        commands.StopTimer(Timer.GO_ON),
        listening,
        *set_sound(awake),
        *((commands.Earcon("lullaby"),) if robot.bedtime else ()),
    )


def story_request(
    robot: Robot, things: tuple[Thing, ...], seed: int, style: Style = AS_USUAL
) -> StoryRequest:
    """A story about `things` as asked for, else as the settings want it; a calm one at night."""
    return new_story_request(things, seed, robot.settings.telling, robot.night, style)


def begin_story(robot: Robot, story: StoryRequest, *first: Command) -> Step:
    """Begin a story: its title is said while the engine writes."""
    if robot.missing & STORY_PARTS:
        return go_idle(robot, *first, commands.Say(Reply.NOT_READY))
    listening: Command = commands.StopListening()
    if robot.barge_in:
        listening = commands.Listen(ListenFor.CORRECTION)
    number = robot.number + 1
    if story.number == 0:  # one told again keeps the number that the library knows it by
        story = replace(story, number=robot.newest + 1)
    newest = max(robot.newest, story.number)
    told = replace(
        robot,
        story=story,
        number=number,
        newest=newest,
        goes_on=False,
        correctable=robot.barge_in,
    )
    stop_waiting = (*STOP_WAITING, commands.StopTimer(Timer.GO_ON))
    after, shown = enter(told, Mode.THINKING, *first, *stop_waiting)
    todo = [
        *shown,
        *set_sound(told),
        commands.SayTitle(story),
        listening,
        commands.Tell(story, number),
    ]
    return after, todo


def stop_story(robot: Robot) -> Step:
    robot = replace(robot, goes_on=True)
    stopped = (commands.StopStory(), *set_sound(robot), commands.Earcon("stopped"), GO_ON_TIME)
    return go_idle(robot, *stopped)
