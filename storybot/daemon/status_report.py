"""What the daemon tells of itself: status, news, the log, systemd."""

from __future__ import annotations

import logging
import time
from typing import Any, Protocol

from storybot.daemon.services import Services
from storybot.robot import Mode, Robot
from storybot.robot.events import Event, Part, PartLost, StoryFailed, StoryTold, Timer
from storybot.robot.state import BUSY
from storybot.system import systemd
from storybot.system.systemd import StoryFields

LOG = logging.getLogger("storybot")

# What a missing part takes away, and what is left.
LEFT = {
    Part.HEARING: "no voice is heard; all else still starts stories",
    Part.BUTTON: "no press is noticed; all else still starts stories",
    Part.VOICE: "no story can be heard until there is a loudspeaker",
    Part.ENGINE: "no story can be told until the engine works",
}


class ReportedDaemon(Protocol):
    """The daemon, as far as this module knows it."""

    robot: Robot
    services: Services
    profile: str
    started_at: float
    _fields: StoryFields


def status(daemon: ReportedDaemon) -> dict[str, Any]:
    """Everything worth knowing, as plain values."""
    robot, services = daemon.robot, daemon.services
    sleep = services.timers.left(Timer.SLEEP)
    return {
        "state": robot.mode.value,
        "title": robot.story.title if robot.story and robot.mode in BUSY else None,
        "story": robot.story.number if robot.story and robot.mode in BUSY else None,
        "stories": robot.number,
        "missing": sorted(part.value for part in robot.missing),
        "works": [LEFT[part] for part in sorted(robot.missing, key=lambda part: part.value)],
        "listens_for": services.listener.listens_for,
        "volume": robot.volume,
        "night": robot.night,
        "quiet": robot.quiet,
        "sleeps_in": None if sleep is None else round(sleep),
        "sleeps_after": robot.stories_left,
        "profile": daemon.profile,
        "up": round(time.monotonic() - daemon.started_at),
        "stalled": services.supervisor.stalled(),
        "services": {
            health.name: {"condition": health.condition.value, "why": health.sentence}
            for health in services.supervisor.healths()
        },
    }


def tell(daemon: ReportedDaemon, before: Robot, event: Event) -> None:
    """Log, show and publish what `event` changed. No child's words: they stay unlogged."""
    after = daemon.robot
    if after == before:
        return
    daemon.services.news.state(status(daemon))
    request = after.story
    daemon._fields.fields = {
        "STATE": after.mode.value,
        "STORY_ID": str(request.number) if request else "",
        "SEED": str(request.seed) if request else "",
    }
    if after.missing != before.missing:
        names = ", ".join(sorted(part.value for part in after.missing))
        LOG.warning("missing now: %s", names or "nothing")
    if after.mode is not before.mode:
        LOG.info("%s", _sentence(before, event, after))
        systemd.notify(f"STATUS={_status_line(after)}")


def _sentence(before: Robot, event: Event, after: Robot) -> str:
    number = after.story.number if after.story else 0
    match event:
        case StoryTold():
            why = f" (story {number} was told)"
        case StoryFailed():
            why = f" (story {number} was lost)"
        case PartLost(part):
            why = f" (no {part.value})"
        case _:
            why = ""
    return f"{before.mode.value} -> {after.mode.value}{why}"


def _status_line(robot: Robot) -> str:
    if robot.mode is Mode.DEGRADED:
        missing = ", ".join(sorted(part.value for part in robot.missing))
        return f"degraded: missing {missing}"
    return str(robot.mode.value)
