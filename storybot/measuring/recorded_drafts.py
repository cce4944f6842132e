"""The drafts engine with a record of what it was sent and what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from storybot.telling.drafts import Draft, DraftsEngine
from storybot.telling.plan import End


@dataclass
class Asked:
    """One command for drafts and what became of it."""

    tag: str  # the text between the brackets; ""
    begin: str
    drafts: tuple[Draft, ...]
    guides: tuple[str, ...] = ()  # words that the drafts were drawn to
    kept: Draft | None = None

    @property
    def keywords(self) -> tuple[str, ...]:
        """The tag's keywords, without who acts."""
        return tuple(self.tag.rpartition(":")[2].split())

    @property
    def speaker(self) -> str:
        """Who is to speak, in lower case; ""."""
        who, says, _ = self.tag.partition(" says:")
        return who.lower() if says else ""


@dataclass
class Record:
    """All of one story."""

    told: list[str] = field(default_factory=list)  # what was given for the story
    asked: list[Asked] = field(default_factory=list)

    @property
    def given(self) -> str:
        """Everything that the model was given, keywords too, one a line."""
        tags = [part for one in self.asked for part in (one.tag, one.begin)]
        return "\n".join([*self.told, *tags])


class RecordingEngine(DraftsEngine):
    """Keeps `record` as it works."""

    record: Record

    async def told(self, text: str) -> None:
        self.record.told.append(text)
        await super().told(text)

    async def draft(
        self,
        tag: str,
        begin: str,
        number: int,
        seed: int,
        end: End,
        guides: Sequence[str] = (),
    ) -> tuple[Draft, ...]:
        drafts = await super().draft(tag, begin, number, seed, end, guides)
        self.record.asked.append(Asked(tag, begin, drafts, tuple(guides)))
        return drafts

    async def keep(self, draft: Draft) -> None:
        self.record.asked[-1].kept = draft
        await super().keep(draft)
