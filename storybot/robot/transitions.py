"""The few moves that every event is answered with: rest, sleep, begin, stop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storybot.config import quiet_hours
from storybot.language.listening import ListenFor
from storybot.language.replies import Reply
from storybot.robot import commands
from storybot.robot.commands import Command
from storybot.robot.events import Timer
from storybot.robot.state import STORY_PARTS, Mode, Robot, light
from storybot.stories.story_request import StoryRequest

OVER = (commands.StopTimer(Timer.ANSWER), commands.StopTimer(Timer.HOLD))  # waits that ended

Step = tuple[Robot, list[Command]]


def sound(robot: Robot) -> list[Command]:
    """Volume and pace as they are to be now."""
    bed = robot.settings.bedtime
    return [
        commands.SetVolume(quiet_hours.sounding_volume(robot.volume, robot.night, bed)),
        commands.SetPace(quiet_hours.pace(robot.night, bed)),
    ]


def enter(robot: Robot, mode: Mode, *todo: Command, **changes: Any) -> Step:
    """The robot in `mode`; the lights follow."""
    after = replace(robot, mode=mode, **changes)
    return after, [*todo, commands.Show(light(after))]


def rest(robot: Robot, *todo: Command) -> Step:
    """Back to waiting, or to sleep where it is time."""
    if robot.quiet or robot.last:
        return sleep(robot, *todo)
    mode = Mode.DEGRADED if robot.missing else Mode.IDLE
    return enter(robot, mode, *todo, *OVER, commands.Listen(ListenFor.KEYPHRASE))


def sleep(robot: Robot, *todo: Command) -> Step:
    """Dark. Outside quiet hours the keyphrase wakes it, or a box without a button never would."""
    awake = replace(robot, bedtime=False, stories_left=None, last=False)
    listening = commands.StopListening() if robot.quiet else commands.Listen(ListenFor.KEYPHRASE)
    return enter(
        awake, Mode.ASLEEP, *todo, *OVER, commands.StopTimer(Timer.SLEEP), listening, *sound(awake)
    )


def begin(robot: Robot, story: StoryRequest, *first: Command) -> Step:
    """A story begins: what was understood is said while the engine thinks."""
    if robot.missing & STORY_PARTS:
        return rest(robot, *first, commands.Say(Reply.NOT_READY))
    listening = commands.Listen(ListenFor.STOP) if robot.barge_in else commands.StopListening()
    number = robot.number + 1
    if story.number == 0:  # one told again keeps the number that the library knows it by
        story = replace(story, number=robot.newest + 1)
    newest = max(robot.newest, story.number)
    told = replace(robot, story=story, number=number, newest=newest)
    after, shown = enter(told, Mode.THINKING, *first, *OVER)
    todo = [*shown, *sound(told), commands.SayTitle(story), listening, commands.Tell(story, number)]
    return after, todo


def stop_story(robot: Robot) -> Step:
    return rest(robot, commands.StopStory(), *sound(robot), commands.Earcon("stopped"))
