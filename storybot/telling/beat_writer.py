"""One beat of a plan becomes text: the best draft, or what the plan tells, or nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from storybot.telling.best_draft import Asked, BestDraft
from storybot.telling.drafts import DraftsEngine
from storybot.telling.editor.choosing import rest_of_plan
from storybot.telling.editor.scene import Past, Scene, Story, story_of
from storybot.telling.plan import Beat, Chapter, Place, words_of
from storybot.telling.writing_figures import WritingFigures

# Least ranks of a draft where the plan may tell the sentence instead: an answer that does not fit
# its question is worse than a clumsy step, and costs fewer words to tell.
WORTH_TAKING, WORTH_SAYING = 2.3, 2.8
WORTH_TELLING = 2.5  # ... where the sentence may be left out
ANY = -math.inf
OWN_SHARE = 0.655  # of a story's words, which the model is to write
LONGER = 1.15  # times as long as planned are the model's parts of sentences


class BeatWriter:
    """Writes the beats of one story."""

    def __init__(
        self, engine: DraftsEngine, counts: WritingFigures, drafts: int, said: Sequence[str]
    ) -> None:
        """`drafts` are drawn in a round; `said` has the story's sentences, and grows with it."""
        self._engine, self._counts, self._drafts, self._said = engine, counts, drafts, said
        self._best = BestDraft(engine, counts)
        self._past = Past()
        self._read = 0  # sentences of `said` that _past knows
        self._story: Story | None = None

    def begin(self, chapter: Chapter, allows: Callable[[str], bool]) -> None:
        """The next beats are this chapter's; `allows` is the safety filter's."""
        self._story = story_of(chapter, allows)

    async def write(self, beat: Beat, place: Place, seed: int) -> str:
        """What is told for one beat, which joined the engine's story; "" where it is left out."""
        assert self._story is not None
        for sentence in self._said[self._read :]:
            self._past.add(sentence)
        self._read = len(self._said)
        self._counts.beats += 1
        scene = Scene(self._story, beat, self._past, place.last)
        begin = beat.begin if self._engine.knows_keywords else beat.plain_begin
        asked = Asked(scene, begin, place.gap, self._drafts, seed)
        draft = await self._best.keep(asked, self._least_rank(beat, place.left))
        if draft is not None:
            self._counts.kept(begin, draft)
            text = begin + draft.text
            rest = rest_of_plan(text, beat)
            return text + (await self._told(rest, "") if rest else "")
        if beat.optional:
            self._counts.skipped += 1
            return ""
        self._counts.given_up += 1
        return await self._told(beat.sentence, place.gap)

    def _least_rank(self, beat: Beat, left: Sequence[Beat]) -> float:
        if beat.optional:
            return WORTH_TELLING
        if not self._may_tell(beat, left):
            return ANY
        return WORTH_SAYING if '"' in beat.sentence else WORTH_TAKING

    def _may_tell(self, beat: Beat, left: Sequence[Beat]) -> bool:
        """Whether the story's words stay the model's by OWN_SHARE if the plan tells this beat."""
        told = self._counts.words_told + len(words_of(beat.sentence))
        written = float(self._counts.words_written)
        for other in left:
            given = len(words_of(other.begin))
            told += given
            written += LONGER * (len(words_of(other.sentence)) - given)
        return written >= OWN_SHARE * (told + written)

    async def _told(self, text: str, gap: str) -> str:
        self._counts.told(text)
        await self._engine.told(gap + text)
        return text
