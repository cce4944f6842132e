"""A Unix socket through which the daemon, which has no network, reaches another machine."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from storybot.errors import Exit, StorybotError
from storybot.home.wyoming.until_signal import serve_until_signal

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
    await serve_until_signal(server)
    path.unlink(missing_ok=True)


MARGIN_S = 0.2  # by which the other machine has less time than the daemon waits for us


class Answering:
    """Questions to the other machine; whether it answers is told in the log when that changes."""

    def __init__(self, place: str, does_not: str, again: str) -> None:
        """`place`: host and port; `does_not`: "does not speak"; `again`: "speaks again"."""
        self._place, self._does_not, self._again = place, does_not, again
        self._answers = True

    async def carry_out(self, question: Awaitable[bool], writer: asyncio.StreamWriter) -> None:
        """One connection's question, which returns whether the other machine was asked.

        Where it fails there is no answer, or its end is missing.
        """
        try:
            asked = await question
        except (OSError, TimeoutError, ValueError, KeyError, TypeError, EOFError) as error:
            if self._answers:
                why = str(error) or type(error).__name__
                LOG.warning("%s %s (%s)", self._place, self._does_not, why)
            self._answers = False
        except asyncio.CancelledError:
            pass  # the process ends, and this task with it
        else:
            if asked and not self._answers:
                LOG.info("%s %s", self._place, self._again)
            self._answers = self._answers or asked
        finally:
            writer.close()
