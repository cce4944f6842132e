"""How a story written from a plan came about, counted while it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from storybot.telling.drafts import Draft
from storybot.telling.plan import words_of


@dataclass
class WritingFigures:
    """Counts of one story."""

    beats: int = 0  # that the model was asked for
    skipped: int = 0  # left out, since no draft was good
    given_up: int = 0  # told by the plan, since no draft was good
    drafts: int = 0
    faults: Counter[str] = field(default_factory=Counter)  # drafts thrown away, by rule
    tokens_drawn: int = 0  # of all drafts
    tokens_kept: int = 0
    seconds_drawing: float = 0.0
    words_told: int = 0  # that the plan gave
    words_written: int = 0  # that the model wrote

    def drew(self, drafts: Sequence[Draft], faults: Sequence[str], seconds: float) -> None:
        """The engine answered with these drafts; `faults` has "" for a sound one."""
        self.drafts += len(drafts)
        self.tokens_drawn += sum(draft.tokens for draft in drafts)
        self.faults.update(fault for fault in faults if fault)
        self.seconds_drawing += seconds

    def kept(self, begin: str, draft: Draft) -> None:
        """A draft and its beginning joined the story."""
        given = len(words_of(begin))
        self.words_written += len(words_of(begin + draft.text)) - given
        self.words_told += given
        self.tokens_kept += draft.tokens

    def told(self, text: str) -> None:
        """The plan's words joined the story."""
        self.words_told += len(words_of(text))
