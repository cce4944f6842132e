"""The HTTP connections: bounded in number, size and time; microdot does the rest.

Each carries one request. Where too many are open, the one that has been sending its request for
longest is closed, else of those that read for ever (server-sent events) the oldest, and last one
whose answer is still being made: it may wait for somebody to press the button.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterable
from typing import cast

from microdot.microdot import Microdot, Request, Response

from storybot.home.page.answers import refused
from storybot.home.page.guard import HEADERS, refusal
from storybot.home.page.rate_limit import BucketPerAddress

LOG = logging.getLogger("storybot")
CONNECTIONS_MAX = 64
HEAD_MAX_BYTES = BODY_MAX_BYTES = 8 * 1024
REQUEST_TIMEOUT_S = 5.0  # to send a request
WRITE_TIMEOUT_S = 10.0  # to read what was sent last
UNREAD_MAX_BYTES = 32 * 1024  # for one client; it waits to be read before more is sent
RATE, BURST = 20.0, 150.0  # requests of one address

Request.max_content_length = Request.max_body_length = BODY_MAX_BYTES
Request.max_readline = HEAD_MAX_BYTES


class Connections:
    """`serve` is given to asyncio.start_server, with the limit HEAD_MAX_BYTES."""

    def __init__(self, app: Microdot, names: Iterable[str]) -> None:
        self._app, self._names = app, frozenset(names)
        self._rate = BucketPerAddress(RATE, BURST)
        self._sending: dict[asyncio.Task[None], None] = {}  # their requests, the oldest first
        self._reading: dict[asyncio.Task[None], None] = {}  # our answers
        self._waiting: dict[asyncio.Task[None], None] = {}  # for an answer to be made

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection from its beginning to its end."""
        task = asyncio.current_task()
        assert task is not None
        self._make_room()
        self._sending[task] = None
        response: Response | None = None
        try:
            response = await self._answer(reader, writer, task)
            self._move(task, self._reading)
            response.headers.update(HEADERS)
            await response.write(cast(asyncio.StreamWriter, _Writer(writer)))
            writer.close()
        except (ConnectionError, asyncio.CancelledError):
            pass
        except TimeoutError:
            LOG.info("a client that did not read was dropped")
        finally:
            self._move(task, None)
            if response is not None and hasattr(response.body, "aclose"):
                await response.body.aclose()  # what makes events ends with who read them
            if not writer.is_closing():
                writer.transport.abort()

    def close(self) -> None:
        """End all of them."""
        for task in (*self._sending, *self._reading, *self._waiting):
            task.cancel()

    def _make_room(self) -> None:
        if len(self._sending) + len(self._reading) + len(self._waiting) >= CONNECTIONS_MAX:
            oldest = next(iter(self._sending or self._reading or self._waiting))
            self._move(oldest, None)
            oldest.cancel()

    def _move(self, task: asyncio.Task[None], group: dict[asyncio.Task[None], None] | None) -> None:
        for other in (self._sending, self._reading, self._waiting):
            other.pop(task, None)
        if group is not None:
            group[task] = None

    async def _answer(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        task: asyncio.Task[None],
    ) -> Response:
        peer = writer.get_extra_info("peername")
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                request = await self._read(reader, writer, peer)
        except TimeoutError:
            return refused(408, "too-slow")
        except asyncio.LimitOverrunError:
            return refused(431, "too-long")
        # whatever else microdot meets in what a stranger sends
        except (ValueError, LookupError, asyncio.IncompleteReadError):
            return refused(400, "bad-request")
        if not self._rate.take(peer[0]):
            return refused(429, "too-often")
        if wrong := refusal(request.method, request.path, request.headers, self._names):
            return refused(*wrong)
        self._move(task, self._waiting)
        return cast(Response, await self._app.dispatch_request(request))

    async def _read(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: tuple[str, int]
    ) -> Request:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.lower().count(b"\r\nhost:") > 1:
            raise ValueError("two hosts")
        request = await Request.create(
            self._app, cast(asyncio.StreamReader, _Head(head, reader)), writer, peer
        )
        if request is None:
            raise ValueError("an empty line")
        return request


class _Head:
    """The lines of a head that was read, then what follows it."""

    def __init__(self, head: bytes, reader: asyncio.StreamReader) -> None:
        self._lines, self._reader = io.BytesIO(head), reader

    async def readline(self) -> bytes:
        return self._lines.readline()

    async def readexactly(self, size: int) -> bytes:
        return await self._reader.readexactly(size)


class _Writer:
    """Waits for a slow reader, but not for ever."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        writer.transport.set_write_buffer_limits(UNREAD_MAX_BYTES)

    async def awrite(self, data: bytes) -> None:
        self._writer.write(data)
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                await self._writer.drain()
        except TimeoutError:  # microdot looks at what stands in it
            raise TimeoutError("it does not read") from None
