"""The lines of the control socket, see docs/protocol.md.

Each line is a JSON object: a request, its answer, or news. A client names the version that it
speaks in each request, and is answered in that version.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from storybot.controls.socket import protocol_1
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.request_fields import checked
from storybot.controls.socket.requests import REQUEST_TYPES, ControlRequest
from storybot.record import Record

VERSION = 2  # that our own clients speak
VERSIONS = (1, 2)
LINE_MAX_BYTES = 8192  # bytes of one request, its end included

Message = Mapping[str, Any]  # an answer or news, without its version


class BadMessage(ValueError):
    """A line that is no request; the text says why, for who sent it."""

    def __init__(self, sentence: str, code: ErrorCode = ErrorCode.BAD_REQUEST) -> None:
        super().__init__(sentence)
        self.code = code


_NAMES = {kind: name for name, kind in REQUEST_TYPES.items()}


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
    version = int(version)  # some programs write 2.0
    if version == 1:
        message = protocol_1.upgraded(message)
    kind = REQUEST_TYPES.get(_checked("do", message.pop("do", None)))
    if kind is None or (version == 1 and _NAMES[kind] not in protocol_1.REQUESTS):
        names = protocol_1.REQUESTS if version == 1 else REQUEST_TYPES
        raise BadMessage(f'"do" is one of {", ".join(names)}')
    return _filled(kind, message), version


def _checked(name: str, value: Any) -> Any:
    try:
        return checked(name, value)
    except ValueError as wrong:
        raise BadMessage(str(wrong)) from None


def _filled(kind: type[ControlRequest], message: dict[str, Any]) -> ControlRequest:
    known = set(kind.__match_args__)
    if unknown := sorted(set(message) - known):
        raise BadMessage(f'"{_NAMES[kind]}" takes {sorted(known) or "nothing"}, not {unknown[:3]}')
    values = {name: _checked(name, value) for name, value in message.items()}
    try:
        return kind(**values)
    except TypeError:
        raise BadMessage(f'"{_NAMES[kind]}" needs {sorted(known)}') from None


def request_line(request: ControlRequest) -> bytes:
    """A request as the line that `read_request` reads."""
    values = {name: getattr(request, name) for name in request.__match_args__}
    given = {name: value for name, value in values.items() if value is not None}
    return encoded({"do": _NAMES[type(request)]} | given)


def answer(**found: Any) -> Message:
    """The answer to a request that was carried out."""
    return {"ok": True} | found


class Streamed(Record):
    """An answer after which news go on, for this client alone; until then it asks nothing else."""

    answer: Message
    news: AsyncGenerator[Message, None]


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
    # What is no character (half a surrogate pair, a byte of an argument) becomes "?".
    return text.encode(errors="replace") + b"\n"


def read_reply(line: bytes) -> dict[str, Any]:
    """An answer or news as the client sees it; BadMessage when it is neither."""
    try:
        message = json.loads(line)
    except ValueError as error:
        raise BadMessage("the answer is not JSON") from error
    if not isinstance(message, dict) or message.get("v") not in VERSIONS:
        raise BadMessage("the answer is of another version of storybot")
    return message
