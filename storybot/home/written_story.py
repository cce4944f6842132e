"""A story that the daemon writes for us, sentence by sentence, while the box is silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from storybot.controls.socket import messages
from storybot.controls.socket.client import cannot_connect
from storybot.controls.socket.messages import BadMessage
from storybot.controls.socket.path import client_path
from storybot.controls.socket.requests import Write
from storybot.errors import Exit, StorybotError

LINE_TIMEOUT_S = 120.0  # for the first sentence on a slow machine
NEWS, END = "written", "written-end"


async def written_story(socket: str, request: Write) -> AsyncGenerator[dict[str, Any], None]:
    """The answer with `said` and `seed`, then the news `written`, one a sentence.

    StorybotError where the daemon refuses or is gone, and where the story has no end: what was
    yielded until then stands.
    """
    path = client_path(socket)
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError as error:
        raise cannot_connect(path, error) from error
    try:
        writer.write(messages.request_line(request))
        answer = await _line(reader)
        if not answer.get("ok"):
            raise StorybotError(str(answer.get("error", "it was refused")), Exit.DAEMON)
        yield answer
        while (news := await _line(reader)).get("news") == NEWS:
            yield news
        if not news.get("whole"):
            raise StorybotError(str(news.get("error", "the story has no end")), Exit.DAEMON)
    finally:
        writer.close()


async def _line(reader: asyncio.StreamReader) -> dict[str, Any]:
    try:
        return messages.read_reply(await asyncio.wait_for(reader.readline(), LINE_TIMEOUT_S))
    except TimeoutError:
        raise StorybotError(
            f"storybot wrote nothing for {LINE_TIMEOUT_S:g} s", Exit.DAEMON
        ) from None
    except (OSError, ValueError, BadMessage) as error:
        raise StorybotError(f"storybot hung up ({error})", Exit.DAEMON) from error
