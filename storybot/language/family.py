"""The family's own words: names, toys, pets and places that no list of ours knows.

They stand in a file, one a line: the word, what it is, and how it is spoken where espeak-ng reads
it otherwise, as phones of the CMU Pronouncing Dictionary (ARPAbet without stress):

    Mimi | cat
    Xaver | boy | K S AA F ER
    Grandma Rose | grandma
    Oma

What it is: girl, boy, a thing of things.txt, creature, thing or place, or nothing; a capital makes
it a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from storybot.errors import Exit, StorybotError
from storybot.language.noun_forms import regular_plural
from storybot.language.things import COUNTS, Thing, load_things, plain, use_family_things

KINDS = ("creature", "thing", "place")  # that a word may be of, where no thing is like it
MOST_WORDS = 100  # of a family; each is one more that can be mistaken for another
_WORD = re.compile(r"(?=.{2,40}$)[a-z]+(?:['-][a-z]+)*(?: [a-z]+(?:['-][a-z]+)*){0,2}")  # plain
# Words by which a wish is understood; each would be a thing wherever it is said.
_NO_NAMES = frozenset(
    (
        *("a", "an", "the", "some", "my", "our", "your", "his", "her", "its", "their", "many"),
        *("of", "about", "and", "with", "please", "now", "thank", "thanks", "you", "me", "us"),
        *("tell", "story", "stories", "stop", "again", "another", "more", "yes", "no", "called"),
        *("named", "something", *COUNTS),
    )
)
# The phones that the recogniser's model knows.
_VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
_CONSONANTS = (
    *("B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH"),
    *("T", "TH", "V", "W", "Y", "Z", "ZH"),
)
PHONES = frozenset((*_VOWELS, *_CONSONANTS))


@dataclass(frozen=True, slots=True)
class FamilyWord:
    """One line of the file."""

    word: str  # "Mimi", "Grandma Rose"
    what: str = ""  # "cat", "girl", "place"; "": not said
    sounds: str = ""  # "M IY M IY"; "": as espeak-ng reads it

    @property
    def line(self) -> str:
        parts = (self.word, self.what, self.sounds)
        return " | ".join(parts[: max(n for n, part in enumerate(parts, 1) if part)])

    @property
    def thing(self) -> Thing:
        """As what a story takes it; ValueError where `what` is no thing that is known."""
        proper = self.word[0].isupper()
        plural = self.word if proper else regular_plural(self.word)
        if self.what in ("girl", "boy"):
            return Thing(self.word, f"{self.what}-name", self.word, sounds=self.sounds)
        if self.what in KINDS:
            return Thing(self.word, self.what, plural, sounds=self.sounds)
        if not self.what:
            kind = "name" if proper else "thing"
            return Thing(self.word, kind, plural, sounds=self.sounds)
        like = next((thing for thing in load_things() if thing.word == self.what), None)
        if like is None:
            raise ValueError(
                f'"{self.what}" is nothing that storybot knows; say girl, boy, creature, thing, '
                "place, or a thing such as cat"
            )
        if proper:
            return replace(like, name=self.word, sounds=self.sounds)
        return Thing(self.word, like.kind, plural, sounds=self.sounds)


def read_word(line: str) -> FamilyWord:
    """The word in one line of the file; ValueError, which says what is wrong."""
    word, what, sounds, *more = (*(part.strip() for part in line.split("|")), "", "")
    what, sounds = what.lower(), sounds.upper()
    if any(more):
        raise ValueError("a line is the word, then | what it is | its sounds")
    if not _WORD.fullmatch(plain(word)):
        raise ValueError(f'"{word}" is no name; give one to three words of Latin letters')
    if plain(word) in _NO_NAMES:
        raise ValueError(f'"{word}" is a word of every wish; give another name')
    if sounds and not PHONES.issuperset(sounds.split()):
        raise ValueError(f'"{sounds}" are no phones such as M IY M IY')
    if sounds and " " in word:
        raise ValueError(f'"{word}": sounds can be given for one word only')
    found = FamilyWord(word, what, sounds)
    _ = found.thing
    return found


def parse(lines: Iterable[str], where: str) -> tuple[FamilyWord, ...]:
    """The words of the file `where`; StorybotError (Exit.CONFIG) with the line that is wrong."""
    found: dict[str, FamilyWord] = {}
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            one = read_word(text)
        except ValueError as fault:
            raise StorybotError(
                f"{where}, line {number}: {fault}; correct it.", Exit.CONFIG
            ) from None
        found[plain(one.word)] = one
    if len(found) > MOST_WORDS:
        raise StorybotError(
            f"{where}: at most {MOST_WORDS} words of the family are kept", Exit.CONFIG
        )
    return tuple(found.values())


# Those that are known in this process.
_known: tuple[FamilyWord, ...] = ()


def use_family(words: Sequence[FamilyWord]) -> None:
    """Make the words known in this process, in place of those known before."""
    global _known
    _known = tuple(words)
    use_family_things(tuple(one.thing for one in words))


def known_family() -> tuple[FamilyWord, ...]:
    """The words that are known in this process."""
    return _known
