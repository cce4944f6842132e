"""What the daemon reports of its state: status, news, log, systemd."""

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

# By missing part: what no longer works, and what still does.
LEFT = {
    Part.HEARING: "no voice is heard; all else still starts stories",
    Part.BUTTON: "no press is noticed; all else still starts stories",
    Part.VOICE: "no story can be heard until there is a loudspeaker",
    Part.ENGINE: "no story can be told until the engine works",
}


class ReportedDaemon(Protocol):
    """The daemon, as far as this module uses it."""

    robot: Robot
    services: Services
    started_at: float
    lendings: int | None
    _fields: StoryFields


def status(daemon: ReportedDaemon) -> dict[str, Any]:
    """The status as plain values, as `storybot status --json` has it."""
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
        "sleeps_after": 1 if robot.sleeps_after_story else robot.stories_left,
        "overruns": services.listener.lost_sound.count,
        "underruns": services.speaker.lost_sound.count,
        "second": _second(services),
        "lendings": daemon.lendings,
        "profile": services.configuration.profile,
        "up": round(time.monotonic() - daemon.started_at),
        "stalled": services.supervisor.stalled(),
        "services": {
            health.name: {"condition": health.condition.value, "why": health.sentence}
            for health in services.supervisor.healths()
        },
    }


def _second(services: Services) -> dict[str, Any] | None:
    """The second recogniser; None where there is none."""
    second = services.listener.second
    if second is None:
        return None
    return {name: getattr(second, name) for name in ("name", "state", "why", "unanswered")}


def tell(daemon: ReportedDaemon, before: Robot, event: Event) -> None:
    """Log and publish what `event` changed. Recognised words are never logged here."""
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
        if names:
            LOG.warning("missing now: %s", names)
        else:
            LOG.info("nothing is missing any more")
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
