"""Rules about nouns of things.txt and lore.txt: what needs an article, and what nobody eats."""

from __future__ import annotations

from functools import cache

from storybot.language.things import load_things
from storybot.telling.editor.naming import BEFORE_FOOD, EATING
from storybot.telling.editor.reading import Reading, Word
from storybot.telling.editor.scene import Scene
from storybot.telling.lore import load_lore
from storybot.telling.plan import denies

_BEFORE_ARTICLES = frozenset(
    (
        *("on", "in", "under", "behind", "over", "near", "into", "onto", "from", "beside"),
        *("more", "many"),
    )
)
# "In bed", "by boat"; and what is also a verb, a material or an adjective.
_WITHOUT_ARTICLE = frozenset(
    (
        *("bed", "fire", "light", "school", "chicken", "fish", "paint", "cake", "pie", "glass"),
        *("pizza", "treasure", "stone", "rock", "jewel", "cookie", "orange", "gold", "chocolate"),
        *("camp", "square", "circle", "baby", "space", "town", "home", "church", "hospital"),
        *("kindergarten", "preschool", "sea", "jungle"),
    )
)
_NO_FOOD = frozenset(("toy", "big", "vehicle", "sky", "weather"))


def noun_alone(draft: Reading, scene: Scene) -> bool:
    """One thing without an article: "saw the paint on hill", "made more sandwich"."""
    words, alone = draft.words, _singulars()
    for at in range(max(1, draft.given), len(words)):
        before, word = words[at - 1], words[at]
        if before.clause != word.clause or before.text not in _BEFORE_ARTICLES:
            continue
        if before.text == "more" and at > 1 and words[at - 2].text in ("one", "no"):
            continue
        ends = at + 1 == len(words) or words[at + 1].clause != word.clause
        if word.written in alone and (ends or words[at + 1].text in ("and", "or", "with")):
            return True
    return False


def eats_no_food(draft: Reading, scene: Scene) -> bool:
    """A thing that nobody eats: "everyone ate the table", "we will eat the sun"."""
    for at, word in enumerate(draft.words):
        if at < draft.given - 1 or word.text not in EATING:
            continue
        if any(map(denies, draft.texts)) or "wanted" in draft.texts:
            continue
        if (thing := _object(draft.words[at + 1 : at + 5], word)) and _kind(thing) in _NO_FOOD:
            return True
    return False


def _object(after: tuple[Word, ...], verb: Word) -> str:
    """The noun that follows on a verb and its articles; "": none."""
    for at, word in enumerate(after):
        if word.clause != verb.clause:
            return ""
        if word.text not in BEFORE_FOOD:
            compound = at + 1 < len(after) and _kind(after[at + 1].text) == "food"
            return "" if compound or word.written != word.text or word.text == "ice" else word.text
    return ""


def _kind(noun: str) -> str:
    known = load_lore().get(noun)
    return known.kind if known else ""


@cache
def _singulars() -> frozenset[str]:
    """What is counted, of one word."""
    counted = (thing.word for thing in load_things() if thing.kind in ("thing", "place"))
    return frozenset(word for word in counted if " " not in word) - _WITHOUT_ARTICLE
