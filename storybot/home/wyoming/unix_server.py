"""A Unix socket through which the daemon, which has no network, reaches another machine."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from storybot.errors import Exit, StorybotError

LOG = logging.getLogger("storybot")
LINE_MAX_BYTES = 8192
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def serve_socket(path: Path, unit: str, lent: str, serve: Serve) -> None:
    """Until SIGTERM; `lent` says what is lent, for the log.

    StorybotError where the socket cannot be made.
    """
    try:
        path.unlink(missing_ok=True)
        before = os.umask(0o117)  # rw for owner and group
        try:
            server = await asyncio.start_unix_server(serve, path, limit=LINE_MAX_BYTES)
        finally:
            os.umask(before)
    except OSError as error:
        raise StorybotError(
            f"the socket {path} cannot be made ({error.strerror or error}); "
            f"this runs as {unit}.service",
            Exit.DAEMON,
        ) from error
    LOG.info("%s is lent at %s", lent, path)
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        async with server:
            await server.serve_forever()
    path.unlink(missing_ok=True)


MARGIN_S = 0.2  # by which the other machine has less time than the daemon waits for us


class Answering:
    """Whether the other machine answers, told in the log when that changes."""

    def __init__(self, place: str, does_not: str, again: str) -> None:
        """`place`: host and port; `does_not`: "does not speak"; `again`: "speaks again"."""
        self._place, self._does_not, self._again = place, does_not, again
        self._answers = True

    def failed(self, error: Exception) -> None:
        if self._answers:
            why = str(error) or type(error).__name__
            LOG.warning("%s %s (%s)", self._place, self._does_not, why)
        self._answers = False

    def worked(self) -> None:
        if not self._answers:
            LOG.info("%s %s", self._place, self._again)
        self._answers = True
