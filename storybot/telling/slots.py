"""Fills the slots of a plot's lines: {a hero}, {the thing}, {his friend}, {loves}, {spot}."""

from __future__ import annotations

import re
from collections.abc import Mapping

from storybot.telling.roles import Role

_SLOT = re.compile(r"\{([^{}]+)\}")
_PRONOUN = ("he", "him", "his", "himself", "was", "has")
_FIRST_PERSON = {
    "i": ("I", "we"),
    "me": ("me", "us"),
    "my": ("my", "our"),
    "am": ("am", "are"),
    "myself": ("myself", "ourselves"),
}
# home, loves and own under the names that read well with a thing or a place
_PHRASES = {
    "home": "home",
    "where": "home",
    "at": "home",
    "loves": "loves",
    "use": "loves",
    "do": "loves",
    "own": "own",
    "like": "own",
    "see": "own",
}


def fill(text: str, roles: Mapping[str, Role], picks: Mapping[str, str], met: set[str]) -> str:
    """`text` with its slots filled; KeyError, which names the slot, for one that nothing fills.

    `met` holds the roles that the story has spoken of: {a friend} is "a fox" and then "the fox".
    A slot that begins a sentence or a quotation is written with a capital.
    """
    filled = ""
    end = 0
    for slot in _SLOT.finditer(text):
        filled += text[end : slot.start()]
        phrase = _phrase(slot[1], roles, picks, met)
        capital = slot[1][0].isupper() and slot[1] != "I"
        filled += _capital(phrase) if capital or _begins(filled) else phrase
        end = slot.end()
    return filled + text[end:]


def _phrase(slot: str, roles: Mapping[str, Role], picks: Mapping[str, str], met: set[str]) -> str:
    word, _, name = (slot[0].lower() + slot[1:]).partition(" ")
    if slot in picks:
        return picks[slot]
    if not name and word in roles:
        met.add(word)
        return roles[word].head
    name = name or "hero"
    if name not in roles:
        raise KeyError(slot)
    role = roles[name]
    if word == "a" and name not in met:
        met.add(name)
        return role.a
    if word in ("a", "the"):
        met.add(name)
        return role.the
    if word in _PRONOUN:
        return role.pronouns[_PRONOUN.index(word)]
    if word in _FIRST_PERSON:
        return _FIRST_PERSON[word][role.plural]
    if word in _PHRASES:
        phrase: str = getattr(role, _PHRASES[word])
        return phrase
    raise KeyError(slot)


def _begins(before: str) -> bool:
    """Whether what follows `before` begins a sentence or a quotation."""
    before = before.replace("|", "").replace("*", "").rstrip()
    if before.endswith('"'):
        return before.count('"') % 2 == 1
    return before == "" or before.endswith((".", "!", "?"))


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
