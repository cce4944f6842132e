"""A hearing child whose ears are the test: it hears what it is told, stalls and dies on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from storybot.errors import Exit, StorybotError
from storybot.hearing.recogniser_client import (
    Ended,
    Heartbeat,
    KeyphraseRecognised,
    Ready,
    RecogniserEvent,
    Trouble,
    UtteranceRecognised,
)
from storybot.system.processes import KILL_TIMEOUT_S, CannotBeKilled

BEAT = 0.2  # s between heartbeats


class FakeRecognisers:
    """Makes fake children and is the world around them."""

    def __init__(self) -> None:
        self.children: list[FakeRecogniserClient] = []
        self.fails = 0  # so many children cannot start
        self.slow = False  # children are not ready as long as this holds at their start
        self.alive = 0
        self.most_alive = 0

    def make(self, _: object = None) -> FakeRecogniserClient:
        child = FakeRecogniserClient(self)
        self.children.append(child)
        return child

    @property
    def child(self) -> FakeRecogniserClient:
        """The newest child."""
        return self.children[-1]

    @property
    def listens_for(self) -> str | None:
        """What the living child listens for; None: deaf."""
        return self.child.purpose if self.children and self.child.living else None

    def hear(self, text: str, confidence: float = 0.9) -> None:
        """Somebody speaks; a paused or dead child does not notice."""
        if self.listens_for is not None:
            self.child.put(UtteranceRecognised(text, confidence))

    def keyphrase(self) -> None:
        if self.listens_for is not None:
            self.child.purpose = "request"  # as the real one goes on by itself
            self.child.put(KeyphraseRecognised())


class FakeRecogniserClient:
    """Speaks the RecogniserClient interface."""

    pid = 2**22 + 1  # above the highest that Linux gives

    def __init__(self, recognisers: FakeRecognisers) -> None:
        self._recognisers = recognisers
        self._events: asyncio.Queue[RecogniserEvent] = asyncio.Queue()
        self._beating: asyncio.Task[None] | None = None
        self.purpose: str | None = None
        self.living = False
        self.stalled = False
        self.unplugged = False
        self.stopped = False
        self.never_ready = False
        self.unkillable = False  # as while a driver holds it in the kernel
        self.ended = False
        self.levels_often = False

    async def start(self) -> None:
        await asyncio.sleep(0)
        if self.never_ready or self._recognisers.slow:
            await asyncio.Event().wait()
        if self._recognisers.fails > 0:
            self._recognisers.fails -= 1
            raise StorybotError("there is no microphone; plug one in", Exit.SOUND_IN)
        self.living = True
        self._recognisers.alive += 1
        self._recognisers.most_alive = max(self._recognisers.most_alive, self._recognisers.alive)
        self._beating = asyncio.create_task(self._beat())
        self.put(Ready("fake", "fake"))

    def put(self, event: RecogniserEvent) -> None:
        self._events.put_nowait(event)

    async def _beat(self) -> None:
        frames = 0
        while True:
            await asyncio.sleep(BEAT)
            if self.stalled:
                continue
            frames += 3200
            self.put(Heartbeat(frames, frames))

    async def events(self) -> AsyncGenerator[RecogniserEvent, None]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Ended):
                return

    async def listen(self, purpose: str) -> None:
        self.purpose = purpose

    async def pause(self) -> None:
        self.purpose = None

    async def tell_levels(self, often: bool) -> None:
        self.levels_often = often

    async def stop(self, grace: float = 1.0) -> None:
        if self.unkillable:
            self.purpose = None
            await asyncio.sleep(grace + KILL_TIMEOUT_S)
            raise FakeCannotBeKilled(self)
        self.ended = True
        if self._beating is not None:
            self._beating.cancel()
        if self.living:
            self._recognisers.alive -= 1
        self.living, self.stopped = False, True

    def die(self, code: int = -9) -> None:
        self.put(Ended(code))

    def trouble(self, sentence: str) -> None:
        self.put(Trouble(sentence))

    def well(self) -> None:
        """The microphone is back."""
        self.put(Ready("fake", "fake"))


class FakeCannotBeKilled(CannotBeKilled):
    """Of a process that there is not."""

    def __init__(self, child: FakeRecogniserClient) -> None:
        super().__init__(child.pid)
        self._child = child

    @property
    def gone(self) -> bool:
        return self._child.ended
