"""The robot: `step(robot, event)` gives the robot after the event, and commands to carry out.

Pure: no device, no clock, no random number. The table of states in docs/appliance.md is
checked against this package by exploring every state that events can lead to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storybot.robot import bedtime, dialogue, events, lifecycle, requests
from storybot.robot.commands import Command
from storybot.robot.events import Event
from storybot.robot.state import Mode, Robot, initial_robot, light, obstacle
from storybot.robot.transitions import Step

__all__ = ["Mode", "Robot", "initial_robot", "light", "obstacle", "step"]


_HANDLERS: dict[type[Event], Callable[[Robot, Any], Step]] = {
    events.Started: lifecycle.started,
    events.PartLost: lifecycle.part_lost,
    events.PartBack: lifecycle.part_back,
    events.KeyphraseHeard: dialogue.keyphrase,
    events.SpeechBegan: dialogue.speech_began,
    events.DoubtfulHeard: dialogue.doubtful,
    events.AlikeHeard: requests.alike,
    events.Chosen: dialogue.by_number,
    events.Asked: requests.asked,
    events.ReplayAsked: requests.replay,
    events.NotUnderstood: dialogue.unclear,
    events.RequestRefused: requests.unwelcome,
    events.Pressed: requests.pressed,
    events.VolumeAsked: requests.volume_asked,
    events.SleepAsked: bedtime.sleep_asked,
    events.OneMoreAsked: bedtime.one_more,
    events.CodeAsked: requests.code_asked,
    events.Forgotten: lifecycle.forgotten,
    events.StoryBegan: lifecycle.story_began,
    events.StoryGoesOn: lifecycle.story_goes_on,
    events.StoryTold: lifecycle.story_told,
    events.StoryFailed: lifecycle.story_failed,
    events.TimerExpired: lifecycle.timer_expired,
    events.QuietBegan: bedtime.quiet_began,
    events.QuietEnded: bedtime.quiet_ended,
    events.Reloaded: lifecycle.reloaded,
    events.EndAsked: lifecycle.end,
}


def step(robot: Robot, event: Event) -> tuple[Robot, tuple[Command, ...]]:
    """What the event makes of the robot, and the commands to carry out in their order."""
    if robot.mode is Mode.ENDING:
        return robot, ()
    after, todo = _HANDLERS[type(event)](robot, event)
    return after, tuple(todo)
