"""A story that the daemon writes for us, sentence by sentence, while the box is silent."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from storybot.controls.socket.requests import Write
from storybot.errors import Exit, StorybotError
from storybot.home.followed import followed

LINE_TIMEOUT_S = 120.0  # for the first sentence on a slow machine
END = "written-end"


async def written_story(socket: str, request: Write) -> AsyncGenerator[dict[str, Any], None]:
    """The answer with `said` and `seed`, then the news `written`, one a sentence.

    StorybotError where the daemon refuses or is gone, and where the story has no end: what was
    yielded until then stands.
    """
    async with aclosing(followed(socket, request, LINE_TIMEOUT_S)) as lines:
        async for line in lines:
            if line.get("news") != END:
                yield line
            elif line.get("whole"):
                return
            else:
                raise StorybotError(str(line.get("error", "the story has no end")), Exit.DAEMON)
