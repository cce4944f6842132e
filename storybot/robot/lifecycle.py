"""Transitions on the box's own events: start, parts lost and back, stories, timers, end."""

from __future__ import annotations

from dataclasses import replace

from storybot.language.listening import ListenFor
from storybot.language.replies import Reply
from storybot.robot import commands, events
from storybot.robot.bedtime import last_story, time_to_sleep
from storybot.robot.dialogue import answer_time_over
from storybot.robot.events import Part, Timer
from storybot.robot.state import BUSY, Mode, Robot, initial_robot, light
from storybot.robot.transitions import (
    GO_ON_TIME,
    Step,
    enter,
    go_idle,
    set_sound,
    stop_story,
)

HOLD_S = 60.0  # for which a story waits for its loudspeaker


def started(robot: Robot, event: events.Started) -> Step:
    if robot.mode is not Mode.STARTING:
        return robot, []
    robot = replace(robot, story=event.last, newest=event.newest)
    return go_idle(robot, *set_sound(robot), commands.Earcon("ready"))


def part_lost(robot: Robot, event: events.PartLost) -> Step:
    known = event.part in robot.missing
    robot = replace(robot, missing=robot.missing | {event.part})
    if event.part is Part.VOICE and robot.mode in (Mode.THINKING, Mode.TELLING):
        hold = (commands.PauseStory(), commands.StartTimer(Timer.HOLD, HOLD_S))
        return enter(robot, Mode.PAUSED, *hold)
    if robot.mode is Mode.IDLE or (robot.mode is Mode.HEARING and event.part is Part.HEARING):
        earcon = [] if known or robot.night else [commands.Earcon("trouble")]
        return go_idle(robot, *earcon)
    return robot, []


def part_back(robot: Robot, event: events.PartBack) -> Step:
    robot = replace(robot, missing=robot.missing - {event.part})
    if robot.mode is Mode.PAUSED and event.part is Part.VOICE:
        return enter(robot, Mode.TELLING, commands.StopTimer(Timer.HOLD), commands.ResumeStory())
    if robot.mode is Mode.DEGRADED and not robot.missing:
        return enter(robot, Mode.IDLE)
    return robot, []


def story_began(robot: Robot, event: events.StoryBegan) -> Step:
    if event.number != robot.number or robot.mode is not Mode.THINKING:
        return robot, []
    return enter(robot, Mode.TELLING)


def story_goes_on(robot: Robot, event: events.StoryGoesOn) -> Step:
    """From the second sentence on it can be stopped, and no longer corrected."""
    if event.number != robot.number or not robot.correctable or robot.mode not in BUSY:
        return robot, []
    return replace(robot, correctable=False), [commands.Listen(ListenFor.STOP)]


def story_told(robot: Robot, event: events.StoryTold) -> Step:
    if event.number != robot.number or robot.mode not in BUSY:
        return robot, []
    robot = replace(robot, goes_on=True)
    held = [*_let_go(robot), GO_ON_TIME]
    if robot.one_more is not None:
        return last_story(robot, robot.one_more, *held)
    if robot.stories_left is None:
        return go_idle(robot, *held)
    left = robot.stories_left - 1
    return go_idle(
        replace(robot, stories_left=left, sleeps_after_story=robot.sleeps_after_story or left <= 0),
        *held,
    )


def story_failed(robot: Robot, event: events.StoryFailed) -> Step:
    if event.number != robot.number or robot.mode not in BUSY:
        return robot, []
    return go_idle(robot, *_let_go(robot), commands.Say(Reply.STORY_LOST))


def _let_go(robot: Robot) -> list[commands.Command]:
    """A story that ends while it is paused must not leave the speaker paused."""
    return [commands.StopStory()] if robot.mode is Mode.PAUSED else []


def timer_expired(robot: Robot, event: events.TimerExpired) -> Step:
    if event.timer is Timer.ANSWER and robot.mode is Mode.HEARING:
        return answer_time_over(robot)
    if event.timer is Timer.GO_ON:
        return replace(robot, goes_on=False), []
    if event.timer is Timer.HOLD and robot.mode is Mode.PAUSED:
        return stop_story(robot)
    if event.timer is Timer.SLEEP and robot.mode not in (Mode.STARTING, Mode.ASLEEP):
        return time_to_sleep(robot)
    return robot, []


def reloaded(robot: Robot, event: events.Reloaded) -> Step:
    volume = robot.volume
    if event.settings.speaking.volume != robot.settings.speaking.volume:
        volume = event.settings.speaking.volume
    volume = event.settings.speaking.bounded(volume)
    newest = max(robot.newest, event.newest)
    after = replace(robot, settings=event.settings, volume=volume, newest=newest)
    return after, [*set_sound(after), commands.Show(light(after))]


def forgotten(robot: Robot, event: events.Forgotten) -> Step:
    """As after the start: no story to tell again, no bedtime, the volume of the settings."""
    if robot.mode is Mode.STARTING:
        return robot, []
    stop = (commands.StopStory(),) if robot.mode in BUSY else ()
    fresh = initial_robot(robot.settings, robot.small)
    fresh = replace(
        fresh,
        number=robot.number,
        newest=robot.newest,  # no id is given twice
        missing=robot.missing,
        quiet=robot.quiet,
        code=robot.code,
    )
    timers = (commands.StopTimer(Timer.SLEEP), commands.StopTimer(Timer.GO_ON))
    return go_idle(fresh, *stop, *timers, *set_sound(fresh))


def end(robot: Robot, event: events.EndAsked) -> Step:
    return enter(
        robot, Mode.ENDING, commands.StopStory(), commands.StopListening(), commands.Finish()
    )
