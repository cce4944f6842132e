"""Faults of single sentences, counted without the editor: its rules are what is measured here.

The word list is Debian's, sentences and clauses are cut by this module's own expressions, and who
is who is read from the text itself unless the plan's cast is given.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from storybot.language.things import load_things
from storybot.measuring.story_quality import unknown_words

FAULTS = ("somebody twice", "stranger", "wrong speaker", "wrong pronoun", "unknown word")
# People whom things.txt does not list as creatures.
_PEOPLE = frozenset(
    ("man", "woman", "lady", "mom", "mommy", "dad", "daddy", "kid", "friend", "neighbor", "puppy")
)
_SENTENCE = re.compile(r"\S.*?(?:[.!?]+[\"”]?(?=\s+[^a-z\s]|\s*$)|$)", re.S)
_QUOTATION = re.compile(r"\"[^\"]*(?:\"|$)")
_CLAUSE = re.compile(
    r"[;:.!?]|,\s(?:and|but|so|who|then)\b|\b(?:because|when|until|before|after|while|if|that|so)\b"
)
_SHE = re.compile(r"\b(?:she|her|hers|herself)\b", re.I)
_HE = re.compile(r"\b(?:he|him|his|himself)\b", re.I)
_VERBS = "said|asked|replied|answered|cried|shouted|whispered|called|yelled|exclaimed|added"
_SPOKEN_BY = re.compile(
    rf"\"\s*(?:{_VERBS})\s+(?:the\s+)?(?:little\s+)?(\w+)|(\w+)\s+(?:\w+ed\s+and\s+)?(?:{_VERBS})\b"
)
_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")


def sentences_in(text: str) -> list[str]:
    """The sentences of a text, cut after . ! ? and a closing quotation mark."""
    straight = text.translate({0x201C: '"', 0x201D: '"', 0x2019: "'", 0x2018: "'"})
    return [found for found in _SENTENCE.findall(straight) if _WORD.search(found)]


@cache
def _persons() -> frozenset[str]:
    creatures = {thing.word for thing in load_things() if thing.kind == "creature"}
    return frozenset(creatures | _PEOPLE - {"friend"})


@cache
def _names() -> Mapping[str, str]:
    """Names in lower case and their pronoun."""
    return {
        thing.word.lower(): "she" if thing.kind == "girl-name" else "he"
        for thing in load_things()
        if thing.is_name
    }


def persons_in(text: str, others: frozenset[str] = frozenset()) -> list[str]:
    """Everybody whom a text names, in order and lower case; capitals inside of it make a name."""
    found = []
    for match in _WORD.finditer(text):
        plain = match[0].removesuffix("'s").lower()
        inside = text[: match.start()].rstrip().endswith((*"abcdefghijklmnopqrstuvwxyz", ","))
        capital = match[0][0].isupper() and plain.split("'")[0] not in ("i", "mr", "mrs", "end")
        if plain in _persons() or plain in others or (capital and (inside or plain in _names())):
            found.append(plain)
    return found


def twice(sentence: str, others: frozenset[str] = frozenset()) -> bool:
    """One person stands twice in a clause of the narration."""
    for clause in _CLAUSE.split(_QUOTATION.sub(" : ", sentence)):
        if re.search(r"\b(?:named|called)\b", clause):
            continue
        if any(count > 1 for count in Counter(persons_in(clause, others)).values()):
            return True
    return False


def speaks_to_oneself(sentence: str, others: frozenset[str] = frozenset()) -> bool:
    """ "Thank you, cat," said the cat."""
    speakers = {word.lower() for pair in _SPOKEN_BY.findall(sentence) for word in pair if word}
    speakers &= set(persons_in(sentence, others))
    if len(speakers) != 1:
        return False
    (speaker,) = speakers
    said = " ".join(_QUOTATION.findall(sentence))
    return re.search(rf"(?:,\s|\bmr\.?\s|\")(?:{speaker})\b[,.!?]", said, re.I) is not None


def speaker_in(sentence: str, others: frozenset[str] = frozenset()) -> str:
    """Who is said to speak, in lower case; "" where nobody or a pronoun is."""
    if '"' not in sentence:
        return ""
    outside = _QUOTATION.sub('" ', sentence)
    named = set(persons_in(outside, others))
    for pair in _SPOKEN_BY.findall(outside):
        for word in pair:
            if word.lower() in named:
                return str(word.lower())
    return ""


def _pronouns(text: str) -> set[str]:
    return {name for name, found in (("she", _SHE), ("he", _HE)) if found.search(text)}


def genders(sentences: list[str], others: frozenset[str] = frozenset()) -> dict[str, str]:
    """Whom the text calls he and whom she, by what most sentences that name one person say."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        told = _QUOTATION.sub(" ", sentence)
        persons = set(persons_in(told, others))
        if len(persons) == 1 and len(_pronouns(told)) == 1:
            votes[persons.pop()].update(_pronouns(told))
    return {person: _names().get(person, votes[person].most_common(1)[0][0]) for person in votes}


def wrong_pronouns(
    sentences: list[str], known: Mapping[str, str], others: frozenset[str] = frozenset()
) -> Iterator[int]:
    """Sentences whose he or she is not that of the one person named in them and just before."""
    before: set[str] = set()
    for number, sentence in enumerate(sentences):
        told = _QUOTATION.sub(" ", sentence)
        persons = set(persons_in(told, others))
        near, before = persons | before, persons or before
        if len(near) != 1 or not persons:
            continue
        wanted = known.get(next(iter(near)))
        if wanted and any(found != wanted for found in _pronouns(told)):
            yield number


def strangers(
    sentences: list[str], cast: frozenset[str] | None, others: frozenset[str] = frozenset()
) -> Iterator[int]:
    """Sentences that speak of somebody new as if known: "the dog" before any "a dog".

    With a cast, of anybody who is not in it.
    """
    met: set[str] = set()
    for number, sentence in enumerate(sentences):
        persons = set(persons_in(sentence, others))
        if cast is not None:
            if persons - cast:
                yield number
            continue
        lower = sentence.lower()
        if any(re.search(rf"\bthe (?:\w+ )?{person}\b", lower) for person in persons - met):
            yield number
        met |= persons


def count(
    text: str,
    words: frozenset[str],
    cast: Mapping[str, str] | None = None,
    asked: frozenset[str] = frozenset(),
) -> dict[str, list[str]]:
    """The sentences of a story by fault; `cast`: everybody's noun or name and pronoun.

    `asked` words are neither strangers nor unknown.
    """
    sentences = sentences_in(text)
    own = frozenset(cast or ()) | asked
    known = dict(cast) if cast is not None else genders(sentences, own)
    everybody = None if cast is None else own
    return {
        "somebody twice": [one for one in sentences if twice(one, own)],
        "stranger": [sentences[n] for n in strangers(sentences, everybody, own)],
        "wrong speaker": [one for one in sentences if speaks_to_oneself(one, own)],
        "wrong pronoun": [sentences[n] for n in wrong_pronouns(sentences, known, own)],
        "unknown word": [one for one in sentences if unknown_words(one, words | own)],
    }
