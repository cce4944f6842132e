"""A story about a duck and a fox to try rules on."""

from __future__ import annotations

from dataclasses import replace

from storybot.language.things import load_things
from storybot.telling.editor.reading import Reading
from storybot.telling.editor.scene import Past, Scene, Story
from storybot.telling.editor.vocabulary import load_people, load_vocabulary
from storybot.telling.plan import Beat, End
from storybot.telling.roles import Cast, Role

DUCK = Role("hero", "duck", "duck", "Dotty", "animal", "she", "a duck named Dotty", "Dotty")
FOX = Role("friend", "fox", "fox", "", "animal", "he", "a fox", "the fox")
HAT = Role("thing", "yellow hat", "hat", "", "toy", "it", "a yellow hat", "the hat")
POND = Role("place", "pond", "pond", "", "place", "it", "a pond", "the pond")
CAST = Cast(DUCK, FOX, HAT, POND)
BEAT = Beat((), False, (), "", "", "", End.SENTENCE, (), frozenset(), False, False, False)
PEOPLE = load_people() | {t.word for t in load_things() if t.kind == "creature"}


def scene(past: tuple[str, ...] = (), **beat: object) -> Scene:
    """A scene of that story after the sentences `past`, with this in its beat."""
    told = Past()
    for sentence in past:
        told.add(sentence)
    familiar = frozenset(word for role in CAST.roles for word in role.words)
    story = Story(
        CAST,
        familiar,
        familiar,
        frozenset(("dotty",)),
        load_vocabulary(),
        PEOPLE,
        lambda text: "knife" not in text,
    )
    return Scene(story, replace(BEAT, **beat), told)  # type: ignore[arg-type]


def reading(text: str) -> Reading:
    """A draft: what stands before "|" was given, the rest is the model's."""
    begin, bar, own = text.partition("|")
    return Reading(begin, own) if bar else Reading("", text)
