"""Which of the drafts that may be told is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storybot.telling.editor.reading import Reading, word_texts
from storybot.telling.editor.scene import Scene
from storybot.telling.plan import Beat, denies, words_of
from storybot.telling.small_words import SMALL_WORDS

# A likely sentence is good, one that is likely anywhere ("They were very happy.") is not.
ALONE = 0.15  # share of ln p alone per token that is taken from ln p in the story per token
OBEYED = 0.4  # nats per token that a keyword is worth
NEAR = 4.0  # nats per token that the planned sentence itself would be worth
SMALL = 0.5  # weight of a small word in the nearness, where others have 1
CAST = 2.0  # ... of a word for the cast or the thing: a draft must not swap who acts on what
# ... but for these: "my mother" is not "your mother".
TALKING = frozenset(("i", "my", "me", "you", "your", "we", "us", "our"))
TURNED_UP = 0.4  # nats per token that a word costs which neither plan nor story knows: a cake
RARE = 3  # least rarity of such a word: it stands in one story of eight or in fewer
DENIED = 1.0  # nats per token that it costs to deny what the plan does not, or the reverse
NEARLY = 0.5  # share of that for another form of the word: "looked" for "look"
STEM = 4  # letters that two forms of a word share


@dataclass(frozen=True, slots=True)
class Likelihood:
    """What the engine says of one draft."""

    tokens: int  # drawn
    in_story: float  # ln p of them all after the story, nats
    alone: float  # ln p of them all with nothing before the sentence, nats


def rank(draft: Reading, scene: Scene, likelihood: Likelihood) -> float:
    """Higher is better."""
    beat = scene.beat
    tokens = max(1, likelihood.tokens)
    return (
        likelihood.in_story / tokens
        - ALONE * likelihood.alone / tokens
        + OBEYED * (obeyed(draft, beat) - len(beat.keywords))
        + NEAR * nearness(draft, beat, scene.story.cast_words)
        - TURNED_UP * len(turned_up(draft, scene))
        - DENIED * (_denies(draft.texts) != _denies(words_of(beat.sentence)))
    )


def nearness(draft: Reading, beat: Beat, cast: frozenset[str] = frozenset()) -> float:
    """How much of the draft and of the planned sentence are the same words in the same order.

    0 to 1: twice the longest common subsequence by the two lengths, by the weight of its words;
    `cast` are the words for whom and what the story is about.
    """
    planned = word_texts(beat.sentence[len(draft.begin.strip()) :])
    own = [word.text for word in draft.own_words]
    longest = [0.0] * (len(own) + 1)  # of the planned words so far with each beginning of `own`
    for word in planned:
        before = 0.0
        weight = _weight(word, cast)
        for at, other in enumerate(own, 1):
            after = longest[at]
            same = before + weight if word == other else 0.0
            longest[at] = max(longest[at], longest[at - 1], same)
            before = after
    both = sum(_weight(word, cast) for word in (*planned, *own))
    return 2 * longest[-1] / both if both else 0.0


def turned_up(draft: Reading, scene: Scene) -> set[str]:
    """The telling words of the draft that neither the story so far nor its plan knows."""
    known, told = scene.story.familiar, scene.past.words
    stems = {word[:STEM] for word in words_of(scene.beat.sentence)}
    new = {word.text for word in draft.own_words} - known - told
    rarity = scene.story.vocabulary.rarity
    return {word for word in new if word[:STEM] not in stems and (rarity(word) or 0) >= RARE}


def _denies(words: Iterable[str]) -> bool:
    return any(map(denies, words))


def _weight(word: str, cast: frozenset[str]) -> float:
    if word in cast:
        return CAST
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
