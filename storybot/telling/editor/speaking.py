"""Rules about who speaks in a draft: whom the plan lets speak, and nobody to or of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from storybot.telling.editor.naming import PRONOUNS, named_as, people_of
from storybot.telling.editor.reading import NARRATION, Reading
from storybot.telling.editor.scene import Scene
from storybot.telling.roles import Role

SPEECH = frozenset(
    (
        *("said", "asked", "replied", "answered", "cried", "shouted", "whispered", "called"),
        *("yelled", "exclaimed", "screamed", "added", "laughed", "smiled", "told"),
    )
)
_BEING = frozenset(("am", "i'm", "is", "like", "as"))  # "I am a cat": one may say what one is
_I_AM = frozenset((("i", "am"), ("name", "is")))
_SURELY_I = frozenset(("i'm a", "i'm an", "i'm the"))


def wrong_speaker(draft: Reading, scene: Scene) -> bool:
    """Another speaks than the plan says, or somebody speaks as if to or as another."""
    if not any(word.quotation for word in draft.words):
        return scene.beat.speaks and '"' not in draft.begin
    expected = frozenset(actor.lower() for actor in scene.beat.actors)
    people = sorted(people_of(scene), key=lambda role: expected.isdisjoint(named_as(role)))
    speakers = _speakers(draft, people)  # a "she" that may be both is whom the plan means
    if scene.beat.speaks and any(expected.isdisjoint(named_as(role)) for role in speakers):
        return True
    if scene.beat.speaks and not speakers:
        speakers = [r for r in people_of(scene) if not expected.isdisjoint(named_as(r))]
    return len(speakers) == 1 and _beside_oneself(draft, scene, speakers[0])


def _speakers(draft: Reading, people: Sequence[Role]) -> list[Role]:
    """Who is named as a speaker: "... ," said the cat; The cat asked, "..."."""
    found = []
    words = draft.narration
    for at, word in enumerate(words):
        if word.text not in SPEECH:
            continue
        near = [w.text for w in words[at + 1 : at + 5] if w.clause == word.clause]
        if at and words[at - 1].clause == word.clause:  # something stands before the verb
            near = [w.text for w in reversed(words[:at]) if w.sentence == word.sentence]
        role = next((role for text in near for role in people if _is(text, role)), None)
        if role is not None and role not in found:
            found.append(role)
    return found


def _is(text: str, role: Role) -> bool:
    return text in named_as(role) or text in PRONOUNS.get(role.pronoun, ())


def _beside_oneself(draft: Reading, scene: Scene, speaker: Role) -> bool:
    """ "Thank you, cat," said the cat; "I am an owl," said the cat."""
    own = named_as(speaker)
    others = frozenset().union(*(named_as(r) for r in people_of(scene) if r != speaker))
    spoken = [word for word in draft.words if word.quotation != NARRATION]
    for at, word in enumerate(spoken):
        near = spoken[max(0, at - 4) : at]
        before = [other.text for other in near if other.clause == word.clause]
        if word.text in own and _BEING.isdisjoint(before):
            return True
        as_other = not _I_AM.isdisjoint(pairwise(before)) or " ".join(before[-2:]) in _SURELY_I
        if word.text in others and as_other:
            return True
    return False
