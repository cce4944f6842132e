"""Listed things that sound like words on no list, by a rough key of their letters (pure).

A recogniser without a grammar writes "rucks" for "rocks" and "tensors" for "dancers". What sounds
alike is only proposed here: the recogniser says how well each fits what it heard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from storybot.language.noun_forms import indefinite_article
from storybot.language.things import COUNTS, ONE_FORM, find_thing, load_things
from storybot.language.wishes import ADJECTIVES

MOST_TEXTS = 6  # that are proposed for one; each takes a second recogniser 0.04 s
MOST_ALIKE = 0.34  # changed letters of the key for each of its letters, at most
_FIRST = (  # spellings of one sound, before letters are put together
    (r"[^a-z]", ""),
    (r"^kn", "n"),
    (r"^wr", "r"),
    (r"^ps", "s"),
    (r"tch", "ch"),
    (r"ph", "f"),
    (r"ck|q", "k"),
    (r"x", "ks"),
    (r"c(?=[eiy])", "s"),
    (r"c(?!h)", "k"),
    (r"(?<=[aeiou])gh", ""),
    (r"[sct]h|j|g(?=[ei])", "J"),  # hushing sounds, and those that a dental makes
    (r"[aeiouyw]+", "a"),  # one vowel is as good as the other
)
_TOPIC = re.compile(r"(.*? (?:about|with) )(.+?)([ ,.!?]*(?:\bplease)?[.!?]*)", re.I)
_JOIN = re.compile(r"( and | in | with )", re.I)  # "a blueberry in the dug"
_BEFORE_NOUN = re.compile(
    rf"((?:(?:an?|the|some|my|our|your|his|her|{'|'.join((*COUNTS, *ADJECTIVES))}) )*)(.+)", re.I
)
_VOICELESS = str.maketrans("bdgvz", "ptkfs")
_DOUBLE = re.compile(r"(.)\1+")


def with_listed_words(said: str) -> list[str]:
    """What was perhaps said: the text, with listed things where it has words on no list."""
    found = _TOPIC.fullmatch(said)
    if found is None:
        return []
    begun, topic, end = found.groups()
    parts = _JOIN.split(topic)
    texts = []
    for at in range(0, len(parts), 2):
        noun = _BEFORE_NOUN.fullmatch(parts[at])
        if noun is None or find_thing(noun[2].lower()):
            continue
        one = noun[1].lower() in ("a ", "an ")
        for word, single in alikes(noun[2], MOST_TEXTS, singles=one):
            one_of_it = one or (single and not noun[1])  # "a dress", written as "address"
            before = f"{indefinite_article(word)} " if one_of_it else noun[1]
            texts.append("".join((begun, *parts[:at], before, word, *parts[at + 1 :], end)))
    return texts[:MOST_TEXTS]


def key_of(words: str) -> str:
    """A key that words have in common which differ in vowels and in voice: "rucks", "rocks".

    The vowel at the end of a word does not count: "male man", "mailman".
    """
    return _DOUBLE.sub(r"\1", "".join(map(_key, words.lower().split())))


def _key(word: str) -> str:
    for pattern, sound in _FIRST:
        word = re.sub(pattern, sound, word)
    return _DOUBLE.sub(r"\1", word.translate(_VOICELESS)).removesuffix("a")


def alikes(words: str, most: int, singles: bool = False) -> list[tuple[str, bool]]:
    """At most so many listed forms that sound like these words, the likest first.

    With each whether it is one of many: "a dress", not "dresses", "snow" or "Lily". `singles`: no
    others are wanted.
    """
    key = key_of(words)
    found: list[tuple[float, str, bool]] = []
    for form, form_key, single in _forms():
        longest = max(len(key), len(form_key))
        if (singles and not single) or abs(len(key) - len(form_key)) > MOST_ALIKE * longest:
            continue
        apart = distance(key, form_key) / max(1, longest)
        if apart <= MOST_ALIKE:
            found.append((apart, form, single))
    return [(form, single) for _, form, single in sorted(found, key=lambda one: one[0])[:most]]


def sound_alike(one: str, other: str) -> bool:
    """Whether most letters of their keys are the same: "meal box", "mailbox"."""
    keys = key_of(one), key_of(other)
    return distance(*keys) <= MOST_ALIKE * max(map(len, keys))


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Levenshtein's distance: letters put in, left out or exchanged."""
    above = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        row = [number]
        for at, against in enumerate(other, 1):
            row.append(min(row[-1] + 1, above[at] + 1, above[at - 1] + (letter != against)))
        above = row
    return above[-1]


@cache
def _forms() -> tuple[tuple[str, str, bool], ...]:
    """Each form of the listed things, its key, and whether it is one of many."""
    return tuple(_keyed())


def _keyed() -> Iterable[tuple[str, str, bool]]:
    for thing in load_things():
        yield thing.word, key_of(thing.word), thing.kind not in ONE_FORM
        if thing.plural and thing.plural != thing.word:
            yield thing.plural, key_of(thing.plural), False
