"""What somebody types: as what is spoken, but about anything, known to a recogniser or not."""

from __future__ import annotations

import re

from storybot.hearing.requests import MOST_THINGS, Request, RequestKind, understand
from storybot.safety import plain
from storybot.things import Thing, stranger

LONGEST_WORD = 30  # letters; nobody could listen to a longer one
_AND = re.compile(r"[,;&]|\b(?:and|with)\b")
_NO_NOUN = re.compile(
    r"it|this|that|these|those|(?:some|any|no)(?:thing|one|body)|me|us|him|her|them"
)


def understand_typed(text: str) -> Request | None:
    """The request in "about a cat", "a quokka and a boat", "louder" or a whole sentence.

    None where the words name nothing. Whether the words suit a child is not asked here.
    """
    text = plain(text).strip()
    whole = understand(text)
    if whole is not None and whole.kind is not RequestKind.STORY:
        return whole
    things: list[Thing] = []
    for part in _AND.split(text):
        things += [thing for thing in _things(part) if thing not in things]
    if not things:
        return whole
    return Request(RequestKind.STORY, tuple(things[:MOST_THINGS]))


def _things(part: str) -> tuple[Thing, ...]:
    """What a part of the request between two "and" is about: a fluffy quokka is a quokka."""
    asked = understand(part) or understand(f"a story about {part.strip().removeprefix('about ')}")
    if asked is None or asked.kind is not RequestKind.STORY:
        return ()
    if asked.things:
        return asked.things
    names = [word.removesuffix("'s") for word in asked.unknown if not _NO_NOUN.fullmatch(word)]
    names = [name for name in names if _is_word(name)]
    return (stranger(names[-1]),) if names else ()


def _is_word(name: str) -> bool:
    return len(name) <= LONGEST_WORD and name.replace("-", "").isalpha()
