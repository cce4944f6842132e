"""Tries a lost loudspeaker until it works again, by an earcon that shows that it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from storybot.errors import StorybotError

ATTEMPT_INTERVAL_S = 0.25  # between an attempt that failed and the next one


class LoudspeakerRevival:
    """At most one task at a time."""

    def __init__(
        self,
        attempt: Callable[[], Awaitable[bool]],
        begin: Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]],
    ) -> None:
        """`attempt` plays the earcon: False when it was cut off, StorybotError when it failed.

        `begin` makes a task that counts as something to be heard.
        """
        self._attempt, self._begin = attempt, begin
        self._task: asyncio.Task[Any] | None = None

    @property
    def under_way(self) -> bool:
        """Whether the earcon is still to be played."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Try, where that is not under way."""
        if not self.under_way:
            self._task = self._begin(self._until_back())

    def stop(self) -> None:
        """Try no more."""
        if self._task is not None:
            self._task.cancel()

    async def _until_back(self) -> None:
        while True:
            try:
                if await self._attempt():
                    return
            except StorybotError:
                await asyncio.sleep(ATTEMPT_INTERVAL_S)
