"""A request in words, answered by a story's text; the caller's own voice speaks it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from wyoming.event import Event
from wyoming.handle import Handled, HandledChunk, HandledStart, HandledStop, NotHandled
from wyoming.intent import NotRecognized

from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Understand, Write
from storybot.errors import StorybotError
from storybot.home.written_story import written_story
from storybot.home.wyoming.intents import intent_of

TEXT_MAX_CHARACTERS = 500  # of a request, see docs/protocol.md
REMEMBERED = 32  # conversations
CONVERSATION = "conversation_id"  # in the context that Home Assistant gives
ANY_STORY = "a story"
Context = dict[str, Any] | None


class Conversations:
    """Remembers the last story of each, for "again" and "another one"."""

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self._last: OrderedDict[str, Write] = OrderedDict()  # by conversation

    async def recognised(self, text: str, context: Context) -> Event:
        """The intent of a text."""
        try:
            understood = await self._understood(text)
        except StorybotError as error:
            return NotRecognized(str(error), context).event()
        return intent_of(understood, context).event()

    async def handled(self, text: str, context: Context) -> AsyncGenerator[Event, None]:
        """The story that a text asks for: sentences, then the whole for older clients."""
        said: list[str] = []
        try:
            request = await self._request(text, context)
            async with aclosing(written_story(self._socket, request)) as story:
                async for part in story:
                    if not said:
                        self._remember(context, Write(request.text, part["seed"]))
                        yield HandledStart(context).event()
                    sentence = part["text"] if said else part["said"]
                    said.append(sentence)
                    yield HandledChunk(f"{sentence} ").event()
        except StorybotError as error:
            if len(said) < 2:  # the title alone is no story
                yield NotHandled(str(error), context).event()
                if said:
                    yield HandledStop().event()
                return
        yield Handled(" ".join(said), context).event()
        yield HandledStop().event()

    async def _understood(self, text: str) -> dict[str, Any]:
        request = Understand(text[:TEXT_MAX_CHARACTERS])
        return await asyncio.to_thread(ask, self._socket, request)

    async def _request(self, text: str, context: Context) -> Write:
        """What to have written; the daemon itself refuses what asks for no story."""
        kind = (await self._understood(text))["kind"]
        last = self._last.get(_name(context), Write(ANY_STORY))
        if kind == "again":
            return last
        return Write(last.text if kind == "another" else text[:TEXT_MAX_CHARACTERS])

    def _remember(self, context: Context, request: Write) -> None:
        name = _name(context)
        self._last[name] = request
        self._last.move_to_end(name)
        while len(self._last) > REMEMBERED:
            self._last.popitem(last=False)


def _name(context: Context) -> str:
    """Of the conversation; those that name none are one."""
    return str((context or {}).get(CONVERSATION, ""))[:100]
