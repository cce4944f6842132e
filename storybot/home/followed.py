"""A request that is answered with news, one after the other: by the event loop, no thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from storybot.controls.socket import messages
from storybot.controls.socket.client import Refused, cannot_connect
from storybot.controls.socket.messages import BadMessage
from storybot.controls.socket.path import client_path
from storybot.controls.socket.requests import ControlRequest
from storybot.errors import Exit, StorybotError


async def followed(
    socket: str, request: ControlRequest, longest: float
) -> AsyncGenerator[dict[str, Any], None]:
    """The answer, then each news, until this is closed.

    Refused where the daemon refuses; another StorybotError where it is gone, or says nothing for
    `longest` s.
    """
    path = client_path(socket)
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError as error:
        raise cannot_connect(path, error) from error
    try:
        writer.write(messages.request_line(request))
        answer = await _line(reader, longest)
        if not answer.get("ok"):
            sentence, code = answer.get("error", "it was refused"), answer.get("code", "")
            raise Refused(str(sentence), str(code))
        yield answer
        while True:
            yield await _line(reader, longest)
    finally:
        writer.close()


async def _line(reader: asyncio.StreamReader, longest: float) -> dict[str, Any]:
    try:
        return messages.read_reply(await asyncio.wait_for(reader.readline(), longest))
    except TimeoutError:
        raise StorybotError(f"storybot said nothing for {longest:g} s", Exit.DAEMON) from None
    except (OSError, ValueError, BadMessage) as error:
        raise StorybotError(f"storybot hung up ({error})", Exit.DAEMON) from error
