"""How words are spoken: entries cut out of a pronouncing dictionary, and plurals made (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from storybot.language.things import Thing

HISSING = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))  # plural spoken as IH Z
UNVOICED = frozenset(("P", "T", "K", "F", "TH"))  # plural spoken as S
OPEN_VOWEL = re.compile(r"\bAO\b(?! R\b)")

Pronunciations = Mapping[str, Sequence[str]]  # word -> "K AE T" and its variants


def parse_dictionary(lines: Iterable[str], wanted: set[str]) -> dict[str, list[str]]:
    """The pronunciations of the wanted words from lines "word(2) W ER D"."""
    found: dict[str, list[str]] = {}
    for line in lines:
        entry, _, phones = line.partition(" ")
        word = entry.partition("(")[0]
        if word in wanted:
            found.setdefault(word, []).append(phones.strip())
    return found


def with_plurals(known: dict[str, list[str]], things: Iterable[Thing]) -> dict[str, list[str]]:
    """The pronunciations, and a made one for each regular plural that the dictionary lacks."""
    complete = dict(known)
    for thing in things:
        word, plural = thing.word.lower(), thing.plural.lower()
        if plural not in known and word in known:
            complete[plural] = [f"{phones} {_plural_sound(phones)}" for phones in known[word]]
    return complete


def with_merged_vowel(known: Pronunciations) -> dict[str, list[str]]:
    """The pronunciations, and those of who says "caught" like "cot" (but not "core" like "car").

    The dictionary has "dogs" in both ways and "dog" in one: "a big dog" became "a big john".
    """
    merged = {}
    for word, ways in known.items():
        others = (OPEN_VOWEL.sub("AA", phones) for phones in ways)
        merged[word] = list(dict.fromkeys((*ways, *others)))
    return merged


def without_homophones(known: Pronunciations, preferred: Iterable[str]) -> dict[str, list[str]]:
    """The pronunciations, without those that an earlier one of the preferred words has, too.

    "Aunt" may be said like "ant", and which of them was found was left to chance. A word keeps
    its pronunciations where all of them are another word's.
    """
    left = {word: list(ways) for word, ways in known.items()}
    taken: set[str] = set()
    for word in dict.fromkeys(preferred):
        ways = left.get(word, [])
        left[word] = [phones for phones in ways if phones not in taken] or ways
        taken.update(ways)
    return left


def dictionary_text(pronunciations: Pronunciations) -> str:
    """The dictionary file's text, as PocketSphinx reads it."""
    lines = []
    for word in sorted(pronunciations):
        for number, phones in enumerate(pronunciations[word], 1):
            lines.append(f"{word} {phones}" if number == 1 else f"{word}({number}) {phones}")
    return "\n".join(lines) + "\n"


def _plural_sound(phones: str) -> str:
    last = phones.split()[-1]
    if last in HISSING:
        return "IH Z"
    return "S" if last in UNVOICED else "Z"
