"""Fills the slots of a plot's lines: {a hero}, {the thing}, {his friend}, {loves}, {spot}."""

from __future__ import annotations

import re
from collections.abc import Mapping

from storybot.telling.roles import Role

_SLOT = re.compile(r"\{([^{}]+)\}")
_POSSESSIVE = re.compile(r"(?<=s)'s\b")  # "the brothers's"
_PRONOUN = ("he", "him", "his", "himself", "was", "has")
# What one says of oneself, as several say it.
_WE = {
    "I am": "we are",
    "I was": "we were",
    "I": "we",
    "me": "us",
    "my": "our",
    "My": "Our",
    "mine": "ours",
    "Mine": "Ours",
    "myself": "ourselves",
}
_WERE = re.compile(r"\b([Ww]e) (\| )was\b")  # a bar may stand between
_I = re.compile(rf"\b(?:{'|'.join(_WE)})\b")
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
    return _POSSESSIVE.sub("'", filled + text[end:])


def _phrase(slot: str, roles: Mapping[str, Role], picks: Mapping[str, str], met: set[str]) -> str:
    word, _, name = (slot[0].lower() + slot[1:]).partition(" ")
    if slot in picks:
        return picks[slot]
    if not name and word in roles:
        met.add(word)
        return roles[word].head
    name = name or ("thing" if word == "it" else "hero")
    if name not in roles:
        raise KeyError(slot)
    role = roles[name]
    if word == "a" and name not in met:
        met.add(name)
        return role.a
    if word == "nice" and name not in met:
        met.add(name)
        return role.nice or role.a
    if word in ("a", "the", "nice"):
        met.add(name)
        return role.the
    if word in _PRONOUN:
        return role.pronouns[_PRONOUN.index(word)]
    if word == "it":
        return role.pronouns[1]
    if word == "who":
        return "that" if role.kind == "vehicle" else "who"
    if word == "is":
        return "are" if role.plural else "is"
    if word in _PHRASES:
        phrase: str = getattr(role, _PHRASES[word])
        return phrase
    raise KeyError(slot)


def said_by_many(text: str) -> str:
    """What one says between quotation marks, as several say it: "I lost my hat" by two brothers."""
    parts = text.split('"')
    for number in range(1, len(parts), 2):
        said = ""
        end = 0
        for word in _I.finditer(parts[number]):
            said += parts[number][end : word.start()]
            ours = _WE[word[0]]
            said += _capital(ours) if _begins('"' + said) and word[0][0] == "I" else ours
            end = word.end()
        parts[number] = _WERE.sub(r"\1 \2were", said + parts[number][end:])
    return '"'.join(parts)


def _begins(before: str) -> bool:
    """Whether what follows `before` begins a sentence or a quotation."""
    before = before.replace("|", "").replace("*", "").rstrip()
    if before.endswith('"'):
        return before.count('"') % 2 == 1
    return before == "" or before.endswith((".", "!", "?"))


def _capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]
