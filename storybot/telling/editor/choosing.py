"""One beat's drafts under the rules: which is told, and what was wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storybot.telling.drafts import Draft
from storybot.telling.editor.ranking import Likelihood, rank
from storybot.telling.editor.reading import Reading
from storybot.telling.editor.rules import fault_of
from storybot.telling.editor.scene import Scene
from storybot.telling.plan import Beat, End

CUT_OFF = ("tokens", "newline")  # ends of a draft that are none of a sentence


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of some drafts."""

    kept: Draft | None  # None: every one was thrown away
    faults: tuple[str, ...]  # by which rule each was thrown away; "": by none
    worth: float = 0.0  # the rank of the kept one


def rest_of_plan(text: str, beat: Beat) -> str:
    """What the plan tells after a quotation that a draft ended: " said the fox."; mostly ""."""
    rest = beat.sentence.rpartition('"')[2]
    open_ended = beat.end is End.QUOTATION and text.endswith((',"', '!"', '?"'))
    return rest if open_ended else ""


def choose(drafts: Sequence[Draft], begin: str, scene: Scene) -> Choice:
    """The best-ranked of the drafts that break no rule; each goes on from `begin`."""
    best: tuple[float, Draft] | None = None
    faults = []
    for draft in drafts:
        text = begin + draft.text
        reading = Reading(begin, draft.text + rest_of_plan(text, scene.beat))
        fault = "unfinished" if draft.end in CUT_OFF else fault_of(reading, scene)
        faults.append(fault)
        if fault:
            continue
        worth = rank(reading, scene, Likelihood(draft.tokens, draft.in_story, draft.alone))
        if best is None or worth > best[0]:
            best = worth, draft
    if best is None:
        return Choice(None, tuple(faults))
    return Choice(best[1], tuple(faults), best[0])
