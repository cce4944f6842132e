"""The protocol of the control socket: JSON lines, each a request, an answer or news.

A request is {"v": 1, "do": KIND, ...}; the daemon answers each with {"v": 1, "ok": true, ...} or
{"v": 1, "ok": false, "error": SENTENCE}. After "watch" news follow: {"v": 1, "news": KIND, ...}.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

PROTOCOL_VERSION = 1
LINE_MAX_BYTES = 8192  # bytes of one line, its end included


class BadMessage(ValueError):
    """A line that is no request; the text says why, for who sent it."""


@dataclass(frozen=True)
class Ask:
    """A request in words: "a story about a cat", "another one", "louder"."""

    text: str


@dataclass(frozen=True)
class Stop:
    """End the story."""


@dataclass(frozen=True)
class Again:
    """The same story again."""


@dataclass(frozen=True)
class TellSaved:
    """A story of the library again, by its number."""

    number: int


@dataclass(frozen=True)
class Volume:
    """Per cent; `by` instead changes it."""

    percent: int | None = None
    by: int | None = None


@dataclass(frozen=True)
class Sleep:
    """Sleep in so many minutes, or after so many stories; neither of them: stay awake, or wake."""

    minutes: float | None = None
    stories: int | None = None


@dataclass(frozen=True)
class Status:
    """The robot's state."""


@dataclass(frozen=True)
class Watch:
    """News from now on."""


ControlRequest = Ask | Stop | Again | TellSaved | Volume | Sleep | Status | Watch

REQUEST_TYPES: dict[str, type[ControlRequest]] = {
    "ask": Ask,
    "stop": Stop,
    "again": Again,
    "tell-saved": TellSaved,
    "volume": Volume,
    "sleep": Sleep,
    "status": Status,
    "watch": Watch,
}
_NAMES = {kind: name for name, kind in REQUEST_TYPES.items()}
_BOUNDS = {
    "percent": (0, 100),
    "by": (-100, 100),
    "minutes": (0, 1440),
    "stories": (1, 50),
    "number": (1, 10**9),
}
_WHOLE = frozenset(("percent", "by", "stories", "number"))
TEXT_MAX_CHARACTERS = 500  # characters


def read_request(line: bytes) -> ControlRequest:
    """The request in one line; BadMessage where it holds none."""
    if len(line) > LINE_MAX_BYTES:
        raise BadMessage(f"that is too long; a line has at most {LINE_MAX_BYTES} bytes")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadMessage("this is not a line of JSON") from error
    if not isinstance(message, dict):
        raise BadMessage('a request is an object such as {"v": 1, "do": "status"}')
    if message.pop("v", None) != PROTOCOL_VERSION:
        raise BadMessage(
            f'this storybot speaks version {PROTOCOL_VERSION}: send "v": {PROTOCOL_VERSION}'
        )
    kind = REQUEST_TYPES.get(_text(message.pop("do", None), "do"))
    if kind is None:
        raise BadMessage(f'"do" is one of {", ".join(REQUEST_TYPES)}')
    known = {each.name for each in fields(kind)}
    if unknown := sorted(set(message) - known):
        raise BadMessage(f'"{_NAMES[kind]}" takes {sorted(known) or "nothing"}, not {unknown[:3]}')
    values = {name: _checked(name, value) for name, value in message.items()}
    try:
        return kind(**values)
    except TypeError:
        raise BadMessage(f'"{_NAMES[kind]}" needs {sorted(known)}') from None


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > TEXT_MAX_CHARACTERS:
        raise BadMessage(f'"{name}" must be a text of at most {TEXT_MAX_CHARACTERS} characters')
    return value.encode("utf-8", "replace").decode()  # JSON may carry half a surrogate pair


def _checked(name: str, value: Any) -> Any:
    if name == "text":
        return _text(value, name)
    if value is None and name in ("percent", "by", "minutes", "stories"):
        return None
    low, high = _BOUNDS[name]
    number = (int,) if name in _WHOLE else (int, float)
    if isinstance(value, bool) or not isinstance(value, number) or not low <= value <= high:
        whole = "a whole number" if name in _WHOLE else "a number"
        raise BadMessage(f'"{name}" must be {whole} from {low} to {high}')
    return value


def request_line(request: ControlRequest) -> bytes:
    """A request as the line that `read_request` reads."""
    values = {each.name: getattr(request, each.name) for each in fields(request)}
    given = {name: value for name, value in values.items() if value is not None}
    return _line({"v": PROTOCOL_VERSION, "do": _NAMES[type(request)]} | given)


def answer(**found: Any) -> bytes:
    """The answer to a request that was carried out."""
    return _line({"v": PROTOCOL_VERSION, "ok": True} | found)


def refusal(sentence: str) -> bytes:
    """The answer to a request that was not; the sentence says what to do."""
    return _line({"v": PROTOCOL_VERSION, "ok": False, "error": sentence})


def news(kind: str, **found: Any) -> bytes:
    """Something that happened, for those who watch."""
    return _line({"v": PROTOCOL_VERSION, "news": kind} | found)


def read_reply(line: bytes) -> dict[str, Any]:
    """An answer or news as the client sees it; BadMessage when it is neither."""
    try:
        message = json.loads(line)
    except ValueError as error:
        raise BadMessage("the answer is not JSON") from error
    if not isinstance(message, dict) or message.get("v") != PROTOCOL_VERSION:
        raise BadMessage("the answer is of another version of storybot")
    return message


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
