"""Which connection makes room for another."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("microdot", reason="needs storybot[page]")

from microdot.microdot import Microdot, Request

from storybot.home.page.connections import CONNECTIONS_MAX, HEAD_MAX_BYTES, Connections

LONG, SHORT = b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /short HTTP/1.1\r\n"


def test_an_answer_that_is_waited_for_makes_room_last() -> None:
    """Sixty-four that send nothing do not end the request that waits for the button."""

    async def scene() -> None:
        app, begun, pressed = Microdot(), asyncio.Event(), asyncio.Event()

        async def long(request: Request) -> str:
            begun.set()
            await pressed.wait()
            return "said"

        app.get("/long")(long)
        connections = Connections(app, ["localhost"])
        server = await asyncio.start_server(connections.serve, "127.0.0.1", 0, limit=HEAD_MAX_BYTES)
        port = server.sockets[0].getsockname()[1]
        opened = []

        async def connect(data: bytes) -> asyncio.StreamReader:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            opened.append(writer)
            writer.write(data)
            return reader

        waiting = await connect(LONG)
        await begun.wait()
        idle = [await connect(SHORT) for _ in range(CONNECTIONS_MAX)]
        assert await idle[0].read() == b"", "the first of the idle ones made room"
        pressed.set()
        assert (await waiting.read()).endswith(b"said")
        connections.close()
        server.close()
        for writer in opened:
            writer.close()

    asyncio.run(asyncio.wait_for(scene(), 30))
