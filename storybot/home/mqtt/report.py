"""What the daemon reports, as the messages that the broker gets of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from storybot.home.box import Box
from storybot.home.mqtt.commands import OFF, ON

STATE_MAX_CHARACTERS = 255  # of a sensor's state in Home Assistant; a longer one is refused
SOUNDING = ("telling", "paused")  # states in which a story has begun and not ended
ASLEEP = "asleep"

Fields = Mapping[str, Any]  # a status of the daemon (docs/protocol.md), or an event


def state(status: Fields, settings: Fields) -> dict[str, Any]:
    """The state of the box; `settings` are those that may be changed, empty where unknown."""
    return {
        "state": status["state"],
        "title": _shortened(status["title"]),
        "volume": status["volume"],
        "asleep": ON if status["state"] == ASLEEP else OFF,
        "trouble": ON if status["missing"] else OFF,
        "missing": status["missing"],
        "works": status["works"],
        "night": status["night"],
        "quiet": status["quiet"],
        "length": settings.get("telling.length"),
        "voice": settings.get("speaking.voice"),
    }


def sentence(text: str | None) -> dict[str, Any]:
    """The sentence that sounds; None between stories."""
    return {"sentence": _shortened(text)}


def version(box: Box, latest: str) -> dict[str, Any]:
    """The version of the box; without news of a later one it is the latest."""
    return {"installed_version": box.version, "latest_version": latest or box.version}


def events(before: Fields | None, after: Fields | None) -> Iterator[dict[str, Any]]:
    """That a story began or ended between two statuses; None: the daemon was not there."""
    old, new = _sounding(before), _sounding(after)
    if old == new:
        return
    if old is not None:
        yield _event("ended", old)
    if new is not None:
        yield _event("began", new)


def refused(command: str, why: str) -> dict[str, Any]:
    """That a command was refused, with the sentence that says why."""
    return {"event_type": "refused", "command": command, "why": why}


EVENT_TYPES = ("began", "ended", "refused", "reset")
WAS_RESET: Fields = {"event_type": "reset"}  # that the box has forgotten everything


def encoded(fields: Fields) -> str:
    """The payload."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _sounding(status: Fields | None) -> tuple[int, int, str] | None:
    """The story that sounds: its place since the start, its id and its title."""
    if status is None or status["state"] not in SOUNDING or status["story"] is None:
        return None
    return status["stories"], status["story"], status["title"]


def _event(kind: str, story: tuple[int, int, str]) -> dict[str, Any]:
    return {"event_type": kind, "story": story[1], "title": story[2]}


def _shortened(text: str | None) -> str | None:
    if text is None or len(text) <= STATE_MAX_CHARACTERS:
        return text
    return text[: STATE_MAX_CHARACTERS - 1] + "…"
