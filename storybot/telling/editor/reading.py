"""A draft as the rules read it: its words, and where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

NARRATION = 0  # the `quotation` of a word outside quotation marks

_CURLY = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"'}
_TOKEN = re.compile(r"([A-Za-z]+(?:'[A-Za-z]+)*)|[.!?…]+|([,;:])|(\")|\n")


class Word(NamedTuple):
    """One word of a sentence."""

    text: str  # in lower case, without a possessive 's
    written: str  # as it stands in the sentence
    first: bool  # begins a sentence or a quotation, so that a capital says nothing
    quotation: int  # NARRATION, or which quotation of the line it stands in, from 1
    sentence: int  # which sentence of the line, from 0; inside a quotation they are not counted
    clause: int  # counts on at every mark


@dataclass(frozen=True)
class Reading:
    """The line that a draft makes, its given beginning and a sentence before that included."""

    begin: str  # what was given of it
    own: str  # what the model wrote

    @property
    def line(self) -> str:
        """All of it, with straight quotation marks and without blanks at the ends."""
        return (self.begin + self.own).translate(_CURLY).strip()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words of the line."""
        return tuple(_words(self.line))

    @cached_property
    def given(self) -> int:
        """How many of the words were given; one that the model only ended is not."""
        given = sum(1 for _ in _words(self.begin.translate(_CURLY).strip()))
        return given - (self.begin[-1:].isalpha() and self.own[:1].isalpha())

    @cached_property
    def own_words(self) -> tuple[Word, ...]:
        """Those that the model wrote."""
        return self.words[self.given :]

    @cached_property
    def texts(self) -> frozenset[str]:
        """The different words of the line, with and without 's."""
        return frozenset(word.text for word in self.words) | frozenset(
            word.written.lower() for word in self.words
        )

    @cached_property
    def narration(self) -> tuple[Word, ...]:
        """The words outside quotation marks."""
        return tuple(word for word in self.words if word.quotation == NARRATION)


def word_texts(text: str) -> tuple[str, ...]:
    """The words of any text as Word.text gives them."""
    return tuple(word.text for word in _words(text.translate(_CURLY)))


def _words(line: str) -> Iterator[Word]:
    """`first` is true after the marks that end a sentence, and for what a quotation begins with."""
    quotations = sentence = clause = 0
    inside, first, ended = False, True, False
    for found in _TOKEN.finditer(line):
        written, pause, mark = found.groups()
        if written:
            if ended and not inside and written[0].isupper():
                sentence += 1
            text = written.lower().removesuffix("'s")
            yield Word(text, written, first, quotations if inside else NARRATION, sentence, clause)
            first = ended = False
            continue
        clause += 1
        if mark:
            inside = not inside
            quotations += inside
            first = True
        elif not pause:
            first = ended = True
