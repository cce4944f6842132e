"""Reads the events of the Wyoming protocol, with bounds: anybody in the house may connect.

An event is a line of JSON, then `data_length` bytes of further JSON, then `payload_length` bytes;
see https://github.com/OHF-Voice/wyoming#format
"""

from __future__ import annotations

import asyncio
import json

from wyoming.event import Event

LINE_MAX_BYTES = 16 * 1024  # the limit of the StreamReader that is read from
BODY_MAX_BYTES = 16 * 1024  # each of data and payload; we are sent texts


class BadEvent(ValueError):
    """What came is no event; the connection has no use any more."""


async def read_event(reader: asyncio.StreamReader) -> Event | None:
    """The next event; None at the end. BadEvent where it is none, or too long."""
    try:
        line = await reader.readline()
        if not line:
            return None
        head = json.loads(line)
        if not isinstance(head, dict) or not isinstance(head.get("type"), str):
            raise BadEvent("an event is an object with a type")
        data = head.get("data") or {}
        more = await _body(reader, head.get("data_length"))
        if more:
            data = {**data, **json.loads(more)}
        json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair could not be sent on
        payload = await _body(reader, head.get("payload_length"))
    except asyncio.IncompleteReadError:
        return None
    except (TypeError, ValueError, RecursionError) as error:
        raise BadEvent(str(error)) from error
    return Event(head["type"], data, payload or None)


async def _body(reader: asyncio.StreamReader, length: object) -> bytes:
    if length is None:
        return b""
    if isinstance(length, bool) or not isinstance(length, int):
        raise BadEvent("a length is a number")
    if not 0 <= length <= BODY_MAX_BYTES:
        raise BadEvent(f"it is too long; at most {BODY_MAX_BYTES} bytes are read")
    return await reader.readexactly(length)
