"""How loud it is at the microphone, for whoever looks at it now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from storybot.controls.socket import messages
from storybot.controls.socket.messages import Message

WAITING_MAX = 4  # levels that one client may leave unread; more are dropped


class MicrophoneLevel:
    """The recogniser process tells levels often only while somebody is `wanted` to have them."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None  # `wanted` is another
        self._clients: set[asyncio.Queue[float]] = set()

    @property
    def wanted(self) -> bool:
        """Whether anybody looks."""
        return bool(self._clients)

    def heard(self, level: float) -> None:
        """A level in dBFS."""
        for client in self._clients:
            if client.qsize() < WAITING_MAX:
                client.put_nowait(level)

    async def news(self) -> AsyncGenerator[Message, None]:
        """Each level, for one client, until that goes."""
        levels: asyncio.Queue[float] = asyncio.Queue()
        self._clients.add(levels)
        self.on_change()
        try:
            while True:
                yield messages.news("level", rms=await levels.get())
        finally:
            self._clients.discard(levels)
            self.on_change()
