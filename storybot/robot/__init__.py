"""The robot's mind: `step(robot, event)` gives the robot after the event and what is to be done.

Pure: no device, no clock, no chance. The table of states in docs/appliance.md is checked against
this package by exploring every state that events can lead to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storybot.robot import bedtime as night
from storybot.robot import events
from storybot.robot import lifecycle as course
from storybot.robot import requests as wishes
from storybot.robot.commands import Command
from storybot.robot.events import Event
from storybot.robot.state import Mode, Robot, awaken, light, why_not
from storybot.robot.transitions import Step

__all__ = ["Mode", "Robot", "awaken", "light", "step", "why_not"]


_HANDLERS: dict[type[Event], Callable[[Robot, Any], Step]] = {
    events.Started: course.started,
    events.PartLost: course.part_lost,
    events.PartBack: course.part_back,
    events.KeyphraseHeard: wishes.keyphrase,
    events.Asked: wishes.asked,
    events.ReplayAsked: wishes.replay,
    events.Unclear: wishes.unclear,
    events.Unwelcome: wishes.unwelcome,
    events.Pressed: wishes.pressed,
    events.VolumeAsked: wishes.volume_asked,
    events.SleepAsked: night.sleep_asked,
    events.StoryBegan: course.story_began,
    events.StoryTold: course.story_told,
    events.StoryFailed: course.story_failed,
    events.TimerRang: course.rang,
    events.QuietBegan: night.quiet_began,
    events.QuietEnded: night.quiet_ended,
    events.Reloaded: course.reloaded,
    events.EndAsked: course.end,
}


def step(robot: Robot, event: Event) -> tuple[Robot, tuple[Command, ...]]:
    """What the event makes of the robot, and the commands to carry out in their order."""
    if robot.mode is Mode.ENDING:
        return robot, ()
    after, todo = _HANDLERS[type(event)](robot, event)
    return after, tuple(todo)
