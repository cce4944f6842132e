"""Which of the drafts that may be told is told."""

from __future__ import annotations

from dataclasses import dataclass

from storybot.telling.editor.reading import Reading
from storybot.telling.plan import Beat

# A likely sentence is good, one that is likely anywhere ("They were very happy.") is not.
ALONE = 0.5  # share of ln p alone per token that is taken from ln p in the story per token
OBEYED = 1.2  # nats per token that a keyword is worth
NEARLY = 0.5  # share of that for another form of the word: "looked" for "look"
STEM = 4  # letters that two forms of a word share


@dataclass(frozen=True, slots=True)
class Likelihood:
    """What the engine says of one draft."""

    tokens: int  # drawn
    in_story: float  # ln p of them all after the story, nats
    alone: float  # ln p of them all with nothing before the sentence, nats


def rank(draft: Reading, beat: Beat, likelihood: Likelihood) -> float:
    """Higher is better."""
    tokens = max(1, likelihood.tokens)
    return (
        likelihood.in_story / tokens
        - ALONE * likelihood.alone / tokens
        + OBEYED * (obeyed(draft, beat) - len(beat.keywords))
    )


def obeyed(draft: Reading, beat: Beat) -> float:
    """How many of the beat's keywords stand in the sentence, other forms of them in part."""
    return sum(_obeys(keyword.lower(), draft.texts) for keyword in beat.keywords)


def _obeys(keyword: str, texts: frozenset[str]) -> float:
    if keyword in texts:
        return 1.0
    if len(keyword) < STEM:
        return 0.0
    return NEARLY if any(text.startswith(keyword[:STEM]) for text in texts) else 0.0
