"""An engine that writes what it is given, and crashes, hangs or raves on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from storybot.errors import Exit, StorybotError
from storybot.telling.engine_figures import EngineFigures

STORY = (
    "The cat was happy. It ran to the park. There it met a dog. They played all day. "
    "Then they went home. The end."
)


class Engines:
    """Makes fake engines and decides what becomes of them."""

    def __init__(self) -> None:
        self.text = STORY
        self.crashes = 0  # so many of the next runs break off after `after` pieces
        self.after = 3
        self.missing = False  # no engine, or no model
        self.hangs = False
        self.running = 0
        self.most_running = 0
        self.made = 0
        self.asked: list[tuple[str, int]] = []  # opening and seed of each run

    def make(self, _: object = None) -> FakeEngine:
        if self.missing:
            raise StorybotError("there is no model file; run `storybot doctor`", Exit.MODEL)
        self.made += 1
        return FakeEngine(self)


class FakeEngine:
    """Speaks the interface of `storybot.telling.engine.Engine`."""

    def __init__(self, world: Engines) -> None:
        self._world = world
        self._stopped = asyncio.Event()
        self.figures: EngineFigures | None = None
        self.pid: int | None = None

    async def tell(
        self, opening: str, seed: int, longest: int | None = None
    ) -> AsyncGenerator[str, None]:
        world = self._world
        crashing = longest is None and world.crashes > 0
        if crashing:
            world.crashes -= 1
        if longest is None:
            world.asked.append((opening, seed))
        world.running += 1
        world.most_running = max(world.most_running, world.running)
        try:
            yield opening
            for number, piece in enumerate(world.text.split()):
                await asyncio.sleep(0.02)
                if self._stopped.is_set():
                    return
                if crashing and number == world.after:
                    raise StorybotError("the engine was ended by SIGKILL", Exit.ENGINE)
                if world.hangs:
                    await asyncio.wait([asyncio.create_task(self._stopped.wait())], timeout=5.0)
                    if self._stopped.is_set():
                        return
                    raise StorybotError("the engine was silent for 5 s", Exit.ENGINE)
                yield " " + piece
            self.figures = EngineFigures(30, 24.0, 0.1, True)
        finally:
            world.running -= 1

    async def stop(self, grace: float = 1.0) -> None:
        self._stopped.set()
