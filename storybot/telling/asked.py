"""What a story is to be about, from the words that ask for it: nouns, names and numbers."""

from __future__ import annotations

import re

from storybot.language.things import find_thing
from storybot.telling.lore import load_lore
from storybot.telling.roles import Wanted

_PARTS = re.compile(r"\s*(?:,|\band\b|\bwith\b)\s*")
_NAMED = re.compile(r"\b(?:called|named|whose name is)\b")
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "many")
_SMALL = frozenset(
    ("a", "an", "the", "some", "my", "our", "his", "her", "their", "its", "one", "about", *_NUMBERS)
)
_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")


def wanted_in(text: str) -> tuple[Wanted, ...]:
    """ "a boy called Noah and his digger": a boy with a name, a digger.

    Capitals count where somebody typed them: "Zuri" is a name, "zuri" a thing that nobody knows.
    """
    found = [_one(part) for part in _PARTS.split(text)]
    return tuple(one for one in found if one is not None)


def _one(text: str) -> Wanted | None:
    """One of the parts; None where it says nothing."""
    before, *after = _NAMED.split(text, maxsplit=1)
    words = _WORD.findall(before)
    name = " ".join(word.capitalize() for word in _WORD.findall(after[0])) if after else ""
    number = next((word.lower() for word in words if word.lower() in _NUMBERS), "")
    words = [word for word in words if word.lower() not in _SMALL]
    if not name and len(words) > 1 and not _known(words[-1]) and _known(words[-2]):
        name = words.pop().capitalize()  # "my teddy bear Bruno"
    if not words:
        return Wanted("", name) if name else None
    last = find_thing(words[-1])
    if last is not None and last.is_name:
        return Wanted(_noun(words[:-1]), last.word)
    if not name and len(words) == 1 and words[0][0].isupper() and not _known(words[0]):
        return Wanted("", words[0])
    singular = _singular(words[-1].lower())
    noun = " ".join((*(word.lower() for word in words[:-1]), singular))
    plural = singular != words[-1].lower() or bool(number)
    return Wanted(noun, name, plural and not name, number)


def _known(word: str) -> bool:
    return (
        _singular(word.lower()) in load_lore()
        or find_thing(word) is not None
        or (word.capitalize() in load_lore())
    )


def _noun(words: list[str]) -> str:
    """What stands before a name: "boy" in "boy Tim"; nothing where that is no thing."""
    return " ".join(words).lower() if words and _known(words[-1]) else ""


def _singular(word: str) -> str:
    """The word in the form of the tables: "dogs" is "dog", "scissors" stays."""
    if word in load_lore():
        return word
    known = find_thing(word)
    if known is not None and not known.is_name:
        return known.word
    for plural, singular in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", "")):
        if word.endswith(plural) and word[: -len(plural)] + singular in load_lore():
            return word[: -len(plural)] + singular
    return word
