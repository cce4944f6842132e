"""The requests of the control socket and the lines they travel in, see docs/protocol.md.

Each line is a JSON object: a request, its answer, or news. A client names the version that it
speaks in each request, and is answered in that version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any

from storybot.controls.socket import protocol_1

VERSION = 2  # that our own clients speak
VERSIONS = (1, 2)
LINE_MAX_BYTES = 8192  # bytes of one request, its end included
TEXT_MAX_CHARACTERS = 500
SETTINGS_MAX = 32  # settings changed by one request
STORIES_DEFAULT, STORIES_MAX = 50, 200  # stories in one answer

Message = Mapping[str, Any]  # an answer or news, without its version


class ErrorCode(Enum):
    """Why a request was refused, for programs; the sentence beside it is for people."""

    BAD_REQUEST = "bad-request"
    UNKNOWN_VERSION = "unknown-version"
    TOO_MANY_CLIENTS = "too-many-clients"
    NOT_UNDERSTOOD = "not-understood"  # the words ask for nothing that storybot does
    NOT_ALLOWED = "not-allowed"  # the safety filter refuses the words
    NOT_RUNNING = "not-running"  # it is starting or ending
    BEING_TOLD = "being-told"  # another story
    PARTS_MISSING = "parts-missing"  # voice or engine
    TIME_TO_SLEEP = "time-to-sleep"
    NO_STORY = "no-story"  # none has that id, or it cannot be read
    BAD_SETTING = "bad-setting"  # unknown, fixed while storybot runs, or a wrong value


class BadMessage(ValueError):
    """A line that is no request; the text says why, for who sent it."""

    def __init__(self, sentence: str, code: ErrorCode = ErrorCode.BAD_REQUEST) -> None:
        super().__init__(sentence)
        self.code = code


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
    """A story of the library again, by its id."""

    story: int


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


@dataclass(frozen=True)
class ListLibrary:
    """The stories kept, newest first: at most `limit`, of those older than story `before`."""

    limit: int = STORIES_DEFAULT
    before: int | None = None


@dataclass(frozen=True)
class ShowStory:
    """One story of the library with its text."""

    story: int


@dataclass(frozen=True)
class RemoveStory:
    """Forget a story of the library."""

    story: int


@dataclass(frozen=True)
class MarkFavourite:
    """A favourite stays in the library, however many stories come after it."""

    story: int
    favourite: bool


@dataclass(frozen=True)
class ShowSettings:
    """The settings that may be changed while storybot runs."""


@dataclass(frozen=True)
class ChangeSettings:
    """New values for some of them, by name; all hold, or none."""

    settings: dict[str, bool | int | float | str] = field(hash=False)


ControlRequest = (
    Ask
    | Stop
    | Again
    | TellSaved
    | Volume
    | Sleep
    | Status
    | Watch
    | ListLibrary
    | ShowStory
    | RemoveStory
    | MarkFavourite
    | ShowSettings
    | ChangeSettings
)

REQUEST_TYPES: dict[str, type[ControlRequest]] = {
    "ask": Ask,
    "stop": Stop,
    "again": Again,
    "tell-saved": TellSaved,
    "volume": Volume,
    "sleep": Sleep,
    "status": Status,
    "watch": Watch,
    "library-list": ListLibrary,
    "library-show": ShowStory,
    "library-remove": RemoveStory,
    "library-favourite": MarkFavourite,
    "settings": ShowSettings,
    "set": ChangeSettings,
}
_NAMES = {kind: name for name, kind in REQUEST_TYPES.items()}
_BOUNDS = {
    "percent": (0, 100),
    "by": (-100, 100),
    "minutes": (0, 1440),
    "stories": (1, 50),
    "story": (1, 10**9),
    "before": (1, 10**9),
    "limit": (1, STORIES_MAX),
}
_FRACTIONS = frozenset(("minutes",))  # all others are whole numbers
_MAY_BE_NULL = frozenset(("percent", "by", "minutes", "stories", "before"))


def read_request(line: bytes) -> tuple[ControlRequest, int]:
    """The request in one line and its version; BadMessage where it holds none."""
    if len(line) > LINE_MAX_BYTES:
        raise BadMessage(f"that is too long; a line has at most {LINE_MAX_BYTES} bytes")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadMessage("this is not a line of JSON") from error
    if not isinstance(message, dict):
        raise BadMessage('a request is an object such as {"v": 2, "do": "status"}')
    version = message.pop("v", None)
    if isinstance(version, bool) or version not in VERSIONS:
        known = " and ".join(map(str, VERSIONS))
        raise BadMessage(
            f'this storybot speaks the versions {known}: send "v": {VERSION}',
            ErrorCode.UNKNOWN_VERSION,
        )
    if version == 1:
        message = protocol_1.upgraded(message)
    kind = REQUEST_TYPES.get(_text(message.pop("do", None), "do"))
    if kind is None or (version == 1 and _NAMES[kind] not in protocol_1.REQUESTS):
        names = protocol_1.REQUESTS if version == 1 else REQUEST_TYPES
        raise BadMessage(f'"do" is one of {", ".join(names)}')
    return _filled(kind, message), version


def _filled(kind: type[ControlRequest], message: dict[str, Any]) -> ControlRequest:
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
    if name == "settings":
        return _settings(value)
    if value is None and name in _MAY_BE_NULL:
        return None
    if name == "favourite":
        if not isinstance(value, bool):
            raise BadMessage('"favourite" must be true or false')
        return value
    low, high = _BOUNDS[name]
    number = (int, float) if name in _FRACTIONS else (int,)
    if isinstance(value, bool) or not isinstance(value, number) or not low <= value <= high:
        what = "a number" if name in _FRACTIONS else "a whole number"
        raise BadMessage(f'"{name}" must be {what} from {low} to {high}')
    return value


def _settings(value: Any) -> dict[str, bool | int | float | str]:
    if not isinstance(value, dict) or not 1 <= len(value) <= SETTINGS_MAX:
        raise BadMessage(f'"settings" must be an object of 1 to {SETTINGS_MAX} settings')
    for name, one in value.items():
        if isinstance(one, str):
            _text(one, name)
        elif not isinstance(one, bool | int | float):
            raise BadMessage(f'"{name}" must be a text, a number, true or false')
    return {_text(name, "settings"): one for name, one in value.items()}


def request_line(request: ControlRequest) -> bytes:
    """A request as the line that `read_request` reads."""
    values = {each.name: getattr(request, each.name) for each in fields(request)}
    given = {name: value for name, value in values.items() if value is not None}
    return encoded({"do": _NAMES[type(request)]} | given)


def answer(**found: Any) -> Message:
    """The answer to a request that was carried out."""
    return {"ok": True} | found


def refusal(code: ErrorCode, sentence: str) -> Message:
    """The answer to a request that was not; the sentence says what to do."""
    return {"ok": False, "error": sentence, "code": code.value}


def news(kind: str, **found: Any) -> Message:
    """Something that happened, for those who watch."""
    return {"news": kind} | found


def encoded(message: Message, version: int = VERSION) -> bytes:
    """The line for a client that speaks `version`."""
    known = protocol_1.downgraded(message) if version == 1 else message
    text = json.dumps({"v": version, **known}, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def read_reply(line: bytes) -> dict[str, Any]:
    """An answer or news as the client sees it; BadMessage when it is neither."""
    try:
        message = json.loads(line)
    except ValueError as error:
        raise BadMessage("the answer is not JSON") from error
    if not isinstance(message, dict) or message.get("v") not in VERSIONS:
        raise BadMessage("the answer is of another version of storybot")
    return message
