"""Drawing drafts of one sentence until one is good enough: the best of them joins the story."""

from __future__ import annotations

import time
from dataclasses import dataclass

from storybot.telling.drafts import Draft, DraftsEngine
from storybot.telling.editor.choosing import Choice, choose
from storybot.telling.editor.scene import Scene
from storybot.telling.writing_figures import WritingFigures

ROUNDS = 3  # times that drafts are drawn while none keeps all rules
ENOUGH = 2  # rounds after which the best that keeps them is taken
GOOD = 3.0  # rank of a draft that is taken at once


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the engine for one beat."""

    scene: Scene
    begin: str  # how the sentence begins; ""
    gap: str  # what stands between the story and it
    drafts: int  # in a round
    seed: int  # of the first round; the others count on


class BestDraft:
    """Draws and keeps drafts of one story."""

    def __init__(self, engine: DraftsEngine, counts: WritingFigures) -> None:
        self._engine, self._counts = engine, counts

    async def keep(self, asked: Asked, least: float) -> Draft | None:
        """The best draft, which joined the story; None where none ranks `least` or more."""
        best: tuple[float, int] | None = None  # its rank and its round
        for attempt in range(ROUNDS):
            choice = await self._draw(asked, attempt)
            if choice.kept is not None and (best is None or choice.worth > best[0]):
                best = choice.worth, attempt
            if best is not None and (best[0] >= GOOD or attempt + 1 >= ENOUGH):
                break
            await self._engine.drop()
        if best is None:
            return None
        if best[0] < least:
            await self._engine.drop()
            return None
        if best[1] != attempt:
            await self._engine.drop()
            choice = await self._draw(asked, best[1])  # the same seed gives the same drafts
        assert choice.kept is not None
        await self._engine.keep(choice.kept)
        return choice.kept

    async def _draw(self, asked: Asked, attempt: int) -> Choice:
        beat = asked.scene.beat
        given = asked.gap + asked.begin if asked.begin else asked.gap.strip(" ")
        tag = beat.tag if self._engine.knows_keywords else ""
        guides = beat.guides_after(asked.begin)
        started = time.monotonic()
        drafts = await self._engine.draft(
            tag, given, asked.drafts, asked.seed + attempt, beat.end, guides
        )
        seconds = time.monotonic() - started
        choice = choose(drafts, asked.begin, asked.scene)
        self._counts.drew(drafts, choice.faults, seconds)
        return choice
