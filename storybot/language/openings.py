"""The words a story begins with, in the style of TinyStories, which the model continues well.

Every opening holds one whole sentence, which can be spoken before the model has written a word,
and ends inside the next one, on what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from storybot.language.things import COUNTS, Thing, load_things
from storybot.record import Record

TEST_OPENING = "Once"  # for a story that only shows that the engine works
TEST_SENTENCE = "Once upon a time, there was a duck who had a hat."  # the same, for drafts
# {who} introduces whom the story is about, {they} speaks of it again, {They} at a sentence's start.
ALONE = (
    "Once upon a time, there was {who}. {They}",
    "One day, {who} went for a walk. {They}",
    "Once upon a time, there was {who}. One day, {they}",
    "Once there was {who}. {They}",
    "One day, {who} woke up very early. {They}",
)
# {it} introduces what was asked for, {again} speaks of it again, {kinds} is what somebody loves.
WITH: dict[str, tuple[str, ...]] = {
    "creature": (
        "One day, {who} met {it}. {Again}",
        "Once upon a time, there was {who}. One day, {they} saw {it}. {Again}",
        "Once upon a time, there was {who}. {They} wanted to play with {it}. {Again}",
    ),
    "thing": (
        "One day, {who} found {it}. {Again}",
        "Once upon a time, there was {who} who loved {kinds}. One day, {they} saw {it}. {Again}",
        "One day, {who} saw {it}. {They} wanted to",
    ),
    "place": (
        "One day, {who} went to {it}. At {again}, {they}",
        "Once upon a time, there was {who} who lived near {it}. One day, {they}",
        "One day, {who} saw {it}. {Again} was",
    ),
    "mass": (
        "Once upon a time, there was {who} who loved {kinds}. One day, {they}",
        "One day, {who} wanted {it}. {They}",
    ),
    "one": (
        "Once upon a time, there was {who} who loved {kinds}. One day, {they}",
        "One day, {who} looked at {it}. {Again}",
    ),
}
WITH["bare"] = (
    "Once upon a time, there was {who} who loved {kinds}. One day, {they}",
    "One day, {who} dreamed of {it}. {They}",
)
WITH["plural-only"] = WITH["thing"]
# A thing or a place can also be the hero.
BY_ITSELF = (
    "Once upon a time, there was {it}. {Again}",
    "Once there was {it}. {Again}",
)
TWO_CREATURES = (
    "Once upon a time, there were two friends, {it} and {other}. {Again}",
    "One day, {it} and {other} were playing together. {Again}",
    "Once upon a time, there was {it}. One day, {again} met {other}. {Again}",
)
TWO_NAMES = (
    "Once upon a time, there were two friends named {it} and {other}. They",
    "One day, {it} and {other} were playing together. They",
    "{it} and {other} are friends. They",
)
TWO_OTHERS = (
    "One day, {who} saw {it} and {other}. {They}",
    "Once upon a time, there was {who} who loved {kinds} and {others}. One day, {they}",
)
NEXT_DAY = "The next day, {who} woke up early. {They}"
NEXT_DAY_WITH = "The next day, {who} thought of {again}. {They}"
_CHILDREN = {"girl-name": ("girl", "she"), "boy-name": ("boy", "he")}
_WAS_MANY = re.compile(rf"\b(there) was ((?:{'|'.join(COUNTS)}) )")
CHILD_NAMES = 12  # how many of the commonest names the seed chooses from


class _Hero(Record):
    """The hero of a story."""

    introduced: str  # "a little girl named Lily", "a cat", "two cats"
    again: str  # "she", "the cat", "the two cats"
    name: str = ""  # "Lily", "the cat"; known already, at the beginning of a chapter


def opening(things: Sequence[Thing], seed: int) -> str:
    """How a story about none, one or two things begins; the same things and seed, the same words.

    From the third on things are left out. A creature or a name is whom the story is about; for
    everything else the seed also chooses a child to find it.
    """
    templates, hero, objects = _scene(things, seed)
    return _filled(templates[seed % len(templates)], hero, objects)


def opening_of_next_day(things: Sequence[Thing], seed: int) -> str:
    """How a story goes on that began with opening() of the same things and seed."""
    _, hero, objects = _scene(things, seed)
    again = _Hero(hero.name, hero.again)
    return _filled(NEXT_DAY_WITH if objects else NEXT_DAY, again, objects)


def _scene(things: Sequence[Thing], seed: int) -> tuple[tuple[str, ...], _Hero, list[Thing]]:
    """Which openings fit, whom they are about, and what else there is."""
    things = sorted(things[:2], key=_rank)
    heroes = [thing for thing in things if thing.is_name or thing.kind == "creature"]
    templates: tuple[str, ...] = ALONE
    if len(heroes) == 2 and things[0].is_name == things[1].is_name:
        templates = TWO_NAMES if things[0].is_name else TWO_CREATURES
        return templates, _hero(things[0]), things
    if heroes:
        objects = things[1:]
        templates = WITH[objects[0].kind] if objects else ALONE
        return templates, _hero(heroes[0]), objects
    if len(things) == 2:
        templates = TWO_OTHERS
    elif things:
        own = BY_ITSELF if things[0].kind in ("thing", "place") else ()
        templates = WITH[things[0].kind] + own
    child = _children()[seed // len(templates) % CHILD_NAMES]
    return templates, _hero(child), things


def _rank(thing: Thing) -> int:
    """Names before creatures before all else: the first is whom the story is about."""
    if thing.is_name:
        return 0
    return 1 if thing.kind == "creature" else 2


def _hero(thing: Thing) -> _Hero:
    if thing.is_name:
        child, again = _CHILDREN.get(thing.kind, ("child", thing.word))
        return _Hero(f"a little {child} named {thing.word}", again, thing.word)
    return _Hero(thing.phrase, thing.definite, thing.definite)


def _children() -> list[Thing]:
    return [thing for thing in load_things() if thing.is_name][:CHILD_NAMES]


def _filled(template: str, hero: _Hero, objects: Sequence[Thing]) -> str:
    words = {"who": hero.introduced, "they": hero.again, "They": _capital(hero.again)}
    if objects:
        first = objects[0]
        words |= {"it": first.phrase, "again": first.definite, "kinds": first.loved}
        words["Again"] = _capital(first.definite)
    if len(objects) == 2:
        words |= {"other": objects[1].phrase, "others": objects[1].loved}
    told = template.format(**words)
    return _WAS_MANY.sub(r"\1 were \2", told)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
