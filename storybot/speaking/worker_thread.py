"""A thread that does one thing after the other for an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

from storybot.errors import Exit, StorybotError

Result = TypeVar("Result")


class WorkerThread:
    """Unlike an executor's, its thread never holds up the end of the process.

    A sound library can hang inside C, where nothing but the end of the process ends it.
    """

    def __init__(self, name: str) -> None:
        self._tasks: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self.ended = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def do(self, task: Callable[[], Result]) -> Result:
        """Have a task done after those before it; one that is cancelled while it waits never is.

        StorybotError(Exit.SOUND_OUT) after end().
        """
        if self.ended:
            raise StorybotError("the speaker was closed", Exit.SOUND_OUT)
        done: Future[Result] = Future()
        self._tasks.put((task, done))
        return await asyncio.wrap_future(done)

    def end(self) -> None:
        """Let the thread end after what it was given."""
        self.ended = True
        self._tasks.put(None)

    def _work(self) -> None:
        while (given := self._tasks.get()) is not None:
            task, done = given
            if not done.set_running_or_notify_cancel():
                continue
            try:
                done.set_result(task())
            except BaseException as fault:  # whoever waits for it is told
                done.set_exception(fault)
