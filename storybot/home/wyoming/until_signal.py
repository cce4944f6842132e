"""Serving until systemd, or a person at the terminal, ends it."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress


async def serve_until_signal(server: asyncio.Server) -> None:
    """Until SIGTERM, SIGHUP or Ctrl-C, or until the task is cancelled."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        async with server:
            await server.serve_forever()
