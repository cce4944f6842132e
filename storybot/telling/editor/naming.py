"""Rules about who is named in a draft: nobody twice, no strangers, no pronoun without an owner."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from storybot.telling.editor.reading import NARRATION, Reading, Word
from storybot.telling.editor.scene import Scene
from storybot.telling.roles import Role

PRONOUNS = {
    "he": frozenset(("he", "him", "his", "himself", "he'd", "he'll")),
    "she": frozenset(("she", "her", "hers", "herself", "she'd", "she'll")),
}
# A clause of its own may name its subject again: "..., and the cat", "because the cat".
_JOINTS = frozenset(("because", "but", "so", "when", "until", "before", "after", "while", "if"))
_AND = frozenset(("and", "then", "as"))
_NEW = frozenset(("a", "an", "another", "his", "her", "their", "its", "some"))
_LIKE = frozenset(("like", "was", "were", "as", "became", "of", "and", "to", "with", "by"))
EATING = frozenset(("eat", "eats", "ate", "eating", "eaten"))
_BITING = frozenset(("bite", "bit"))
BEFORE_FOOD = frozenset(  # what may stand between such a verb and its noun
    (
        *("the", "a", "an", "his", "her", "their", "my", "your", "our", "some", "all", "of"),
        *("little", "big", "poor", "old"),
    )
)
_FEELINGS = frozenset(
    (
        *("sad", "happy", "tired", "proud", "scared", "afraid", "hungry", "lonely", "sleepy"),
        *("angry", "sorry", "brave", "thirsty", "surprised", "excited", "shy", "grumpy"),
    )
)
_VERY = frozenset(("very", "so", "too", "still", "not"))
ARTICLES = frozenset(("a", "an", "the", "his", "her", "its", "their", "my", "your"))
_CALLED = frozenset(("named", "called"))


def named_as(role: Role) -> frozenset[str]:
    """The words that name a role by themselves: "truck" of a fire truck, "mimi", "cat"."""
    return frozenset(name.lower().split()[-1] for name in (role.noun, role.head, role.name) if name)


def people_of(scene: Scene) -> tuple[Role, ...]:
    """The roles of those who can act and speak."""
    cast = scene.story.cast
    return (cast.hero, cast.friend)


def named_twice(draft: Reading, scene: Scene) -> bool:
    """One of the cast stands twice in a clause: "The cat saw the cat"."""
    for names in map(named_as, scene.story.roles):
        places = [at for at, word in enumerate(draft.words) if word.text in names]
        for one, other in pairwise(places):
            if other >= draft.given and not _apart(draft.words, one, other):
                return True
    return False


def _apart(words: tuple[Word, ...], one: int, other: int) -> bool:
    """Whether a second mention is sound: elsewhere, a clause of its own, or "a cat named Mimi"."""
    first, second = words[one], words[other]
    if (first.quotation, first.sentence) != (second.quotation, second.sentence):
        return True
    if first.quotation != NARRATION and first.clause != second.clause:
        return True
    between = [word.text for word in words[one + 1 : other]]
    if not _CALLED.isdisjoint(between):
        return True
    begins = [text for text in between[-2:] if text in _JOINTS]
    begins += [text for text in between[-2:] if text in _AND and first.clause != second.clause]
    return bool(begins)


def stranger(draft: Reading, scene: Scene) -> bool:
    """Somebody who is not in this story: a noun for a person or animal, or a name."""
    story = scene.story
    for word in draft.own_words:
        if word.text in story.names or word.written == "I" or word.written.startswith("I'"):
            continue
        if word.written[0].isupper() and not word.first:
            return True
        if word.text in story.familiar:
            continue
        if word.text in story.people:
            return True
        name = word.text not in story.vocabulary or story.vocabulary.is_name(word.text)
        if word.written[0].isupper() and name:
            return True
    return False


def introduced_again(draft: Reading, scene: Scene) -> bool:
    """Hero or friend comes as if new, or as somebody's: "a duck" or "her duck" for the duck."""
    words = draft.words
    known = frozenset().union(*map(named_as, people_of(scene))) & scene.past.words
    for at in range(draft.given, len(words)):
        if words[at].quotation != NARRATION or words[at].text not in known:
            continue
        before = [word.text for word in words[max(0, at - 3) : at]]
        if not _NEW.isdisjoint(before) and _LIKE.isdisjoint(before):
            return "the" not in before
    return False


def eats_somebody(draft: Reading, scene: Scene) -> bool:
    """Nobody is eaten, nor said to be: "I want to eat you", "ate the little fox"."""
    people = frozenset(("you", "me", "him", "them")).union(*map(named_as, people_of(scene)))
    for at, word in enumerate(draft.words):
        if word.text not in EATING | _BITING:
            continue
        after = [other for other in draft.words[at + 1 : at + 4] if other.clause == word.clause]
        for other in after:
            if other.text in people:
                return not other.written.endswith("'s")
            if other.text not in BEFORE_FOOD:
                break
    return False


def wrong_pronoun(draft: Reading, scene: Scene) -> bool:
    """He or she, where nobody who was just spoken of is one.

    In narration it looks back to whom the sentence and the two before it name; what somebody says
    may mean anybody of the cast.
    """
    near = draft.texts.union(*scene.past.recent)
    everybody = {role.pronoun for role in people_of(scene)}
    present = {role.pronoun for role in people_of(scene) if not near.isdisjoint(named_as(role))}
    for word in draft.own_words:
        owners = present or everybody if word.quotation == NARRATION else everybody
        if any(word.text in PRONOUNS[other] for other in PRONOUNS.keys() - owners):
            return True
    return False


def it_for_somebody(draft: Reading, scene: Scene) -> bool:
    """It feels something, and only he or she was spoken of: "The girl sat down, and it was sad"."""
    heroes = [role for role in people_of(scene) if role.pronoun in PRONOUNS]
    names = frozenset().union(*map(named_as, heroes))
    words = draft.narration
    for at, word in enumerate(words[:-2]):
        if word.text != "it" or words[at + 1].text not in ("was", "felt"):
            continue
        feels = next((w.text for w in words[at + 2 :] if w.text not in _VERY), "")
        before = [w.text for w in words[:at] if w.sentence == word.sentence]
        if feels not in _FEELINGS or names.isdisjoint(before):
            continue
        others = [a for a, b in pairwise(before) if a in ARTICLES and b not in names]
        if not others:
            return True
    return False


def wrong_actor(draft: Reading, scene: Scene) -> bool:
    """The plan says who acts here, and the sentence names another first."""
    actors = frozenset(actor.lower() for actor in scene.beat.actors)
    if not actors or scene.beat.speaks:
        return False
    doing = [role for role in people_of(scene) if not actors.isdisjoint(named_as(role))]
    own = frozenset().union(*map(named_as, doing), actors)
    others = frozenset().union(*(named_as(r) for r in people_of(scene) if r not in doing))
    he = frozenset().union(*(PRONOUNS.get(role.pronoun, ("it",)) for role in doing))
    first = _first(draft.narration, own | others | he)  # "There she met a pony": she acts
    return first in others


def _first(words: Iterable[Word], among: frozenset[str]) -> str:
    return next((word.text for word in words if word.text in among), "")


def name_in_parts(draft: Reading, scene: Scene) -> bool:
    """A name of several words torn apart: "a vacuum to a cleaner child". "The cleaner" is whole."""
    names: dict[str, list[list[str]]] = {}  # by the first word, how it may go on
    for name in (name for role in scene.story.roles for name in (role.noun, role.head)):
        first, *rest = name.lower().split() or [""]
        if rest:
            names.setdefault(first, []).append(rest)
    texts = [word.text for word in draft.words]
    for at in range(max(draft.given - 1, 0), len(texts)):
        ways = names.get(texts[at], [])
        if ways and not any(texts[at + 1 : at + 1 + len(way)] == way for way in ways):
            return True
    return False
