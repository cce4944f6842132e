"""Serves Wyoming clients: describes itself, recognises intents, and tells stories."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from wyoming.asr import Transcript
from wyoming.event import Event, async_write_event
from wyoming.info import Describe
from wyoming.intent import Intent, Recognize
from wyoming.ping import Ping, Pong

from storybot.config.schema import HomeSettings
from storybot.errors import Exit, StorybotError
from storybot.home.box import Box
from storybot.home.wyoming.about import info
from storybot.home.wyoming.conversation import Conversations
from storybot.home.wyoming.intents import words_of
from storybot.home.wyoming.reading import LINE_MAX_BYTES, BadEvent, read_event
from storybot.home.wyoming.until_signal import serve_until_signal

LOG = logging.getLogger("storybot")
MAX_CLIENTS = 16
IDLE_TIMEOUT_S = 60.0  # for a client's next event
WRITE_TIMEOUT_S = 10.0  # for a client to read


class Server:
    """`run` until the task is cancelled or SIGTERM comes."""

    def __init__(self, home: HomeSettings, socket: str, box: Box) -> None:
        self._home, self._box = home, box
        self._conversations = Conversations(socket)
        self._clients: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """StorybotError where the address cannot be used."""
        host, port = self._home.wyoming_address, self._home.wyoming_port
        try:
            server = await asyncio.start_server(self._serve, host, port, limit=LINE_MAX_BYTES)
        except (OSError, UnicodeError) as error:
            raise StorybotError(
                f"nobody can be served at {host}:{port} ({getattr(error, 'strerror', error)}); "
                "see the settings home.wyoming_address and wyoming_port",
                Exit.CONFIG,
            ) from error
        LOG.info("stories are served at %s:%d", host, port)
        await serve_until_signal(server)
        for client in self._clients:
            client.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            if len(self._clients) < MAX_CLIENTS:
                self._clients.add(task)
                await self._converse(reader, writer)
        except (OSError, TimeoutError, BadEvent, asyncio.CancelledError) as error:
            LOG.debug("a client has gone: %s", error)
        finally:
            self._clients.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while event := await asyncio.wait_for(read_event(reader), IDLE_TIMEOUT_S):
            async with aclosing(self._answers(event)) as answers:
                async for answer in answers:
                    if reader.at_eof():
                        return
                    await asyncio.wait_for(async_write_event(answer, writer), WRITE_TIMEOUT_S)

    async def _answers(self, event: Event) -> AsyncGenerator[Event, None]:
        """Events of other kinds are passed over, as the protocol has it."""
        text, context = event.data.get("text"), event.data.get("context")
        context = context if isinstance(context, dict) else None
        if Describe.is_type(event.type):
            yield info(self._box).event()
        elif Ping.is_type(event.type):
            yield Pong(text if isinstance(text, str) else None).event()
        elif Recognize.is_type(event.type) and isinstance(text, str):
            yield await self._conversations.recognised(text, context)
        elif Transcript.is_type(event.type) and isinstance(text, str):
            async for answer in self._conversations.handled(text, context):
                yield answer
        elif Intent.is_type(event.type):
            async for answer in self._conversations.handled(_words(event), context):
                yield answer


def _words(event: Event) -> str:
    try:
        return words_of(Intent.from_event(event))
    except (KeyError, TypeError, AttributeError) as error:
        raise BadEvent("that is no intent") from error
