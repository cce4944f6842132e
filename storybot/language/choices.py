"""Two wishes that sound alike, and the answer to "A boat or a book?" (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storybot.language.requests import Request, RequestKind, is_wish, understand
from storybot.language.things import Thing

# Answers by number, as they are listened for.
BY_NUMBER = ("the first", "the first one", "the second", "the second one")
# Words of the list for one thing: nobody is asked which of them was meant.
ONE_MEANING = (
    ("mother", "mama", "mommy", "mom"),
    ("father", "papa", "daddy", "dad"),
    ("grandma", "grandmother"),
    ("grandpa", "grandfather"),
    ("teddy", "teddy bear"),
    ("rabbit", "bunny"),
    ("panda", "panda bear"),
    ("rock", "stone"),
    ("sea", "ocean"),
    ("gift", "present"),
    ("plane", "airplane"),
    ("rocket", "rocket ship", "spaceship"),
    ("wand", "magic wand"),
    ("digger", "excavator"),
    ("fireman", "firefighter"),
    ("policeman", "police officer"),
    ("Sara", "Sarah"),
)
_MEANINGS = {word: words[0] for words in ONE_MEANING for word in words}
_FIRST = r"(?:the |that )?first(?: one)?"
_SECOND = r"(?:the |that )?(?:second|other)(?: one)?"


def meaning(thing: Thing) -> tuple[str, str]:
    """Word and name of what it is, alike for all words for one thing."""
    return _MEANINGS.get(thing.word, thing.word), _MEANINGS.get(thing.name, thing.name)


def told_apart(one: Request | None, other: Request | None) -> tuple[Thing, Thing] | None:
    """The things in which two wishes differ in meaning; None where it is not one thing in each."""
    if one is None or other is None or len(one.things) != len(other.things):
        return None
    if {one.kind, other.kind} != {RequestKind.STORY}:
        return None
    pairs = zip(one.things, other.things, strict=True)
    differing = [(a, b) for a, b in pairs if meaning(a) != meaning(b)]
    return differing[0] if len(differing) == 1 else None


def chosen(answer: Request, one: Request, other: Request) -> Request:
    """The one of the two wishes that an answer names ("the boat"), else the answer itself."""
    for said in (meaning, _said_alone):
        first, second = (set(map(said, wish.things)) for wish in (one, other))
        named = set(map(said, answer.things))
        is_first, is_second = bool(named & (first - second)), bool(named & (second - first))
        if is_first is not is_second:
            return one if is_first else other
    return answer


def _said_alone(thing: Thing) -> str:
    """How an answer may name it: a boy called Noah by his name."""
    word, name = meaning(thing)
    return name or word


def words_between(one: str, other: str) -> tuple[str, ...]:
    """The words by which one of two wishes is chosen; none where they do not differ in a thing.

    Of a thing its singular, and its plural where that was said.
    """
    apart = told_apart(understand(one), understand(other))
    said = f" {one} {other} "
    forms = [
        form
        for thing in apart or ()
        for form in thing.forms
        if form == thing.forms[0] or f" {form} " in said
    ]
    return tuple(dict.fromkeys(forms))


def names_neither(text: str, between: Sequence[str]) -> bool:
    """Whether the words wish for something else than the things of these words."""
    return is_wish(text) and not any(f" {word} " in f" {text} " for word in between)


def says_second(text: str) -> bool | None:
    """Whether the words name the second of two; None where they name none by its number."""
    words = " ".join(re.findall(r"[a-z]+", text.lower()))
    if re.fullmatch(_SECOND, words):
        return True
    return False if re.fullmatch(_FIRST, words) else None
