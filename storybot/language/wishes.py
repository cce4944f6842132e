"""What a story is to be about, from the words that say it (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from storybot.language.things import COUNTS, Thing, find_thing
from storybot.record import Record

MAX_THINGS = 2
# What a thing may be called; the story does not take it up.
ADJECTIVES = ("little", "big", "small", "tiny", "brave", "funny", "friendly", "happy", "silly")
NAMED = ("called", "named")
SMALL_WORDS = re.compile(
    r"an?|the|some|my|our|your|his|her|its|their|one|many|of|about|and|with|please|now|thanks"
    rf"|thank|you|something|{'|'.join((*NAMED, *COUNTS, *ADJECTIVES))}"
)
ONESELF = frozenset(("me", "us", "myself", "ourselves"))
RELATIVES = frozenset(  # who stand side by side in a row: "mom dad and me"
    (
        *("mom", "mommy", "mum", "mummy", "mama", "mother", "dad", "daddy", "papa", "father"),
        *("grandma", "grandpa", "brother", "sister", "boy", "girl", "aunt", "uncle"),
    )
)
CHILD = "child"  # who "me" is where nobody knows the family's names
_MOST_WORDS = 4  # of one thing: hot air balloon, ice cream truck


class Wishes(Record):
    """What was found in some words."""

    things: tuple[Thing, ...]  # each once, in their order
    unknown: tuple[str, ...]  # words that are no thing


def wishes_in(words: Sequence[str], family: Sequence[Thing] = ()) -> Wishes:
    """The things that lower-case words speak of: "a boy called noah and his two dogs".

    `family`: whom "me" means.
    """
    things: list[Thing] = []
    unknown: list[str] = []
    count, at = "", 0
    joined = False  # whether the word before this one added a thing that may go on
    while at < len(words):
        word = words[at]
        if word in NAMED and things and (name := name_at(words, at + 1)):
            things[-1] = named(things[-1], name)
            at += 2
            continue
        known, length = thing_at(words, at)
        added: list[Thing] = []
        if known is not None:
            if joined and known.is_name and things[-1].kind == "creature":
                things[-1] = named(things[-1], known.word)  # princess Lily
            else:
                alone = known.is_name or known.name or (things and things[-1].word in RELATIVES)
                if joined and not alone:
                    things.pop()  # a magic key is a key, a baby elephant an elephant
                added = _new([_counted(known, count)], things)
                things += added
        elif word in ONESELF:
            things += _new(family[:MAX_THINGS] or [child()], things)
        elif not SMALL_WORDS.fullmatch(word):
            unknown.append(word)
        joined = bool(added) and _may_go_on(known, words[at : at + length])
        if not joined:
            count = word if word in COUNTS else count if word in ADJECTIVES else ""
        at += length
    return Wishes(tuple(things), tuple(unknown))


def _may_go_on(thing: Thing | None, said: Sequence[str]) -> bool:
    """Whether a noun or a name after this thing is one with it: a robot dog; not "cats dogs"."""
    if thing is None or thing.is_name or thing.name or said[-1].endswith("'s"):
        return False
    return " ".join(said) == thing.word or thing.kind in ("mass", "one", "bare")


def thing_at(words: Sequence[str], at: int) -> tuple[Thing | None, int]:
    """The thing whose words begin at `at`, and how many words those are; (None, 1): no thing."""
    for length in range(min(_MOST_WORDS, len(words) - at), 0, -1):
        said = " ".join(words[at : at + length])
        if thing := find_thing(said) or find_thing(said.removesuffix("'s")):
            return thing, length
    return None, 1


def name_at(words: Sequence[str], at: int) -> str:
    """The name that the word at `at` is; "" where it can be none."""
    if at >= len(words) or SMALL_WORDS.fullmatch(words[at]) or len(words[at]) < 2:
        return ""
    return words[at].capitalize()


def named(thing: Thing, name: str) -> Thing:
    """The thing with that name; what is a name already keeps its own."""
    return thing if thing.is_name else replace(thing, name=name, count="")


def _counted(thing: Thing, count: str) -> Thing:
    """Two brothers; but Lily is one, and snow is not counted."""
    counts = count and not thing.is_name and not thing.name and thing.kind not in ("one", "mass")
    return replace(thing, count=count) if counts else thing


def _new(found: Sequence[Thing], before: Sequence[Thing]) -> list[Thing]:
    return [thing for thing in found if thing not in before]


def child() -> Thing:
    """Somebody of whom nothing is known."""
    found = find_thing(CHILD)
    assert found is not None
    return found
