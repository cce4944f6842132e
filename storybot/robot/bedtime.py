"""Bedtime: good night, the sleep timer, quiet hours."""

from __future__ import annotations

from dataclasses import replace

from storybot.language.replies import Reply
from storybot.robot import commands, events, volume
from storybot.robot.commands import Command
from storybot.robot.events import Timer
from storybot.robot.state import BUSY, STORY_PARTS, Mode, Robot, light
from storybot.robot.transitions import (
    Step,
    begin_story,
    fall_asleep,
    go_idle,
    set_sound,
    story_request,
)


def good_night(robot: Robot) -> Step:
    """Set the sleep timer; the second time, sleep now."""
    if robot.mode is Mode.ASLEEP:
        return robot, []
    if robot.bedtime:
        return time_to_sleep(robot)
    bed = robot.settings.bedtime
    said = [] if robot.mode in BUSY else [commands.Say(Reply.GOOD_NIGHT)]
    after, todo = _set_sleep(robot, bed.sleep_minutes, bed.sleep_stories or None)
    if robot.mode is Mode.HEARING:
        after, todo = go_idle(after, *todo)
    return after, [*todo, *said]


def _set_sleep(robot: Robot, minutes: float | None, stories: int | None) -> Step:
    after = replace(
        robot, bedtime=True, stories_left=stories, sleeps_after_story=False, one_more=None
    )
    timer: Command = commands.StopTimer(Timer.SLEEP)
    if minutes is not None:
        timer = commands.StartTimer(Timer.SLEEP, minutes * 60)
    return after, [timer, *set_sound(after), commands.Show(light(after))]


def sleep_asked(robot: Robot, event: events.SleepAsked) -> Step:
    off = event.minutes is None and event.stories is None
    if robot.mode is Mode.STARTING or (robot.mode is Mode.ASLEEP and not off):
        return robot, []
    if robot.mode is Mode.ASLEEP:
        return go_idle(robot, *set_sound(robot))
    if off:
        after = replace(
            robot, bedtime=False, stories_left=None, sleeps_after_story=False, one_more=None
        )
        timer = commands.StopTimer(Timer.SLEEP)
        return after, [timer, *set_sound(after), commands.Show(light(after))]
    if event.minutes == 0:
        return time_to_sleep(robot)
    return _set_sleep(robot, event.minutes, event.stories)


def one_more(robot: Robot, event: events.OneMoreAsked) -> Step:
    """A last story before sleep, whatever the time or the quiet hours: now, or after this one."""
    if robot.mode is Mode.STARTING:
        return robot, []
    if robot.mode not in BUSY:
        return last_story(robot, event.seed)
    after, todo = _set_sleep(robot, None, 2)
    return replace(after, one_more=event.seed), todo


def last_story(robot: Robot, seed: int, *first: Command) -> Step:
    """Begin a story about anything, after which it sleeps."""
    if robot.missing & STORY_PARTS:
        return begin_story(robot, story_request(robot, (), seed), *first)
    ready, todo = _set_sleep(robot, None, 1)
    ready = replace(ready, one_more=None)
    return begin_story(ready, story_request(ready, (), seed), *first, *todo)


def time_to_sleep(robot: Robot) -> Step:
    """Finish a story that is being told while the volume fades; stop one that is paused."""
    if robot.mode in (Mode.THINKING, Mode.TELLING):
        if robot.sleeps_after_story:
            return robot, []
        after = replace(robot, bedtime=True, sleeps_after_story=True, one_more=None)
        bed = robot.settings.bedtime
        floor = robot.settings.speaking.volume_floor
        softest = min(floor, volume.sounding_volume(robot.volume, True, bed))
        return after, [commands.Fade(softest, bed.fade), commands.Show(light(after))]
    stop = (commands.StopStory(),) if robot.mode is Mode.PAUSED else ()
    return fall_asleep(robot, *stop)


def quiet_began(robot: Robot, event: events.QuietBegan) -> Step:
    after = replace(robot, quiet=True)
    if robot.mode in (Mode.STARTING, Mode.THINKING, Mode.TELLING, Mode.PAUSED):
        return after, [*set_sound(after), commands.Show(light(after))]
    return fall_asleep(after)


def quiet_ended(robot: Robot, event: events.QuietEnded) -> Step:
    after = replace(robot, quiet=False)
    if robot.mode is Mode.ASLEEP and robot.quiet:
        return go_idle(after, *set_sound(after))
    return after, [*set_sound(after), commands.Show(light(after))]
