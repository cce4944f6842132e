"""Writing stories to measure: from plans with a record of everything, and as with `plot: off`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storybot.config.schema import TellingSettings
from storybot.language.safety_filter import Filter
from storybot.measuring.recorded_drafts import Record, RecordingEngine
from storybot.measuring.requests import Request
from storybot.telling.plan import Length, Plan
from storybot.telling.plan_writer import PlanWriter
from storybot.telling.planner import plan as make_plan
from storybot.telling.writing_figures import WritingFigures

AT_ONCE = 2  # stories


@dataclass(frozen=True)
class Planned:
    """One story from a plan."""

    request: Request
    plan: Plan
    text: str
    record: Record
    figures: WritingFigures
    seconds: float


@dataclass(frozen=True)
class Writing:
    """With what stories are written."""

    program: Path
    model: Path
    settings: TellingSettings
    drafts: int
    length: Length
    allows: Filter


async def write(with_: Writing, request: Request, seed: int) -> Planned:
    """One story; StorybotError when the engine fails."""
    plan = make_plan(request.wanted, seed, with_.length)
    engine = RecordingEngine(with_.settings, with_.program, with_.model)
    engine.record = Record()
    writer = PlanWriter(engine, plan, seed, with_.drafts, with_.allows.allows)
    started = time.monotonic()
    text = ""
    async for sentence in writer.sentences():
        gap = "\n" if sentence.paragraph else " "
        text += (gap if text else "") + sentence.text
    seconds = time.monotonic() - started
    return Planned(request, plan, text, engine.record, writer.counts, seconds)


def write_all(with_: Writing, requests: Sequence[Request], seed: int) -> list[Planned]:
    """One story for each request, seeds counted up, AT_ONCE at a time."""

    async def run() -> list[Planned]:
        free = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, request: Request) -> Planned:
            async with free:
                return await write(with_, request, seed + number)

        return list(await asyncio.gather(*(one(n, r) for n, r in enumerate(requests))))

    return asyncio.run(run())
