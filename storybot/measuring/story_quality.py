"""What can be counted in a story: mentions of a thing, repeated sentences, words that are none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from storybot.language.things import Thing, load_things

WORD_LIST = Path("/usr/share/dict/american-english")  # Debian's package wamerican
LEAST_WORDS = 4  # of a sentence that counts as repeated: "Thank you!" may be said twice

_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
_SENTENCE = re.compile(r"[^.!?]+")


def words_of(text: str) -> list[str]:
    """The words of `text` in lower case; "don't" is one."""
    return _WORD.findall(text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def mentions(text: str, thing: Thing) -> int:
    """How often `text` speaks of `thing`, in singular, plural or as its owner ("cat's")."""
    forms = {thing.word.lower(), thing.plural.lower()}
    return sum(word in forms or word.removesuffix("'s") in forms for word in words_of(text))


def repeats_sentence(text: str) -> bool:
    """True when one sentence of at least LEAST_WORDS words stands in `text` twice."""
    sentences = Counter(tuple(words_of(sentence)) for sentence in _SENTENCE.findall(text))
    return any(len(s) >= LEAST_WORDS and count > 1 for s, count in sentences.items())


def load_words(path: Path = WORD_LIST) -> frozenset[str]:
    """The word list and the names of things.txt, in lower case; empty where there is no list."""
    if not path.is_file():
        return frozenset()
    listed = path.read_text(encoding="utf-8").split()
    things = load_things()
    return frozenset(
        word.lower() for word in [*listed, *(t.word for t in things), *(t.plural for t in things)]
    )


def unknown_words(text: str, known: Iterable[str]) -> list[str]:
    """The words of `text` that are not `known`, nor known without their 's."""
    known = known if isinstance(known, frozenset) else frozenset(known)
    return [
        word
        for word in words_of(text)
        if word not in known and word.removesuffix("'s") not in known
    ]
