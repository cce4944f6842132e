"""The microphone's level for as many browsers as look at it, over one connection to the daemon."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from storybot.controls.socket.requests import FollowLevel
from storybot.errors import StorybotError
from storybot.home.followed import followed

SILENCE_S = 5.0  # without a level; then the browser is told that there is none
RETRY_S = 3.0  # between two attempts to reach the daemon
LONGEST_S = 3600.0  # a box that tells in the small profile has no microphone open meanwhile


class Levels:
    """Belongs to one event loop. The daemon is asked only while somebody follows."""

    def __init__(self, socket: str) -> None:
        self._socket, self._followers = socket, 0
        self._reading: asyncio.Task[None] | None = None
        self._level: float | None = None
        self._changed = asyncio.Event()

    async def follow(self) -> AsyncGenerator[str, None]:
        """Server-sent events `level`, in dBFS, or null where none is known."""
        self._followers += 1
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        try:
            while True:
                changed = self._changed
                try:
                    await asyncio.wait_for(changed.wait(), SILENCE_S)
                except TimeoutError:
                    self._level = None
                yield f"event: level\ndata: {json.dumps(self._level)}\n\n"
        finally:
            self._followers -= 1
            if not self._followers and self._reading is not None:
                self._reading.cancel()
                self._reading = None

    async def _read(self) -> None:
        while True:
            try:
                async with aclosing(followed(self._socket, FollowLevel(), LONGEST_S)) as lines:
                    async for line in lines:
                        self._put(line.get("rms"))
            except StorybotError:
                self._put(None)
            await asyncio.sleep(RETRY_S)

    def _put(self, level: float | None) -> None:
        self._level = level
        self._changed.set()
        self._changed = asyncio.Event()
