"""Which of the drafts that may be told is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storybot.telling.editor.reading import Reading, word_texts
from storybot.telling.plan import Beat, denies, words_of
from storybot.telling.small_words import SMALL_WORDS

# A likely sentence is good, one that is likely anywhere ("They were very happy.") is not.
ALONE = 0.15  # share of ln p alone per token that is taken from ln p in the story per token
OBEYED = 0.4  # nats per token that a keyword is worth
NEAR = 4.0  # nats per token that the planned sentence itself would be worth
SMALL = 0.5  # weight of a small word in that
# ... but for these: "my mother" is not "your mother".
TALKING = frozenset(("i", "my", "me", "you", "your", "we", "us", "our"))
DENIED = 1.0  # nats per token that it costs to deny what the plan does not, or the reverse
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
        + NEAR * nearness(draft, beat)
        - DENIED * (_denies(draft.texts) != _denies(words_of(beat.sentence)))
    )


def nearness(draft: Reading, beat: Beat) -> float:
    """How much of the draft and of the planned sentence are the same words in the same order.

    0 to 1: twice the longest common subsequence by the two lengths, small words count less.
    """
    planned = word_texts(beat.sentence[len(draft.begin.strip()) :])
    own = [word.text for word in draft.own_words]
    longest = [0.0] * (len(own) + 1)  # of the planned words so far with each beginning of `own`
    for word in planned:
        before = 0.0
        for at, other in enumerate(own, 1):
            after = longest[at]
            same = before + _weight(word) if word == other else 0.0
            longest[at] = max(longest[at], longest[at - 1], same)
            before = after
    both = sum(map(_weight, planned)) + sum(map(_weight, own))
    return 2 * longest[-1] / both if both else 0.0


def _denies(words: Iterable[str]) -> bool:
    return any(map(denies, words))


def _weight(word: str) -> float:
    return SMALL if word in SMALL_WORDS and word not in TALKING else 1.0


def obeyed(draft: Reading, beat: Beat) -> float:
    """How many of the beat's keywords stand in the sentence, other forms of them in part."""
    return sum(_obeys(keyword.lower(), draft.texts) for keyword in beat.keywords)


def _obeys(keyword: str, texts: frozenset[str]) -> float:
    if keyword in texts:
        return 1.0
    if len(keyword) < STEM:
        return 0.0
    return NEARLY if any(text.startswith(keyword[:STEM]) for text in texts) else 0.0
