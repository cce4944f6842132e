"""What the planner hands to the editor: a story as rows of beats, every slot filled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from storybot.telling.roles import Cast

NEGATIONS = frozenset(("not", "no", "never", "nothing", "nobody", "cannot"))
MOST_GUIDES = 24  # as many words and marks as the engine takes
# Words, and marks that stand right after one; a mark that opens a quotation is none of them.
_WRITTEN = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*|[,.!?]+\"?")
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")


class End(Enum):
    """Where the model's part of a beat ends."""

    SENTENCE = "sentence"  # at . ! or ?, outside quotation marks
    QUOTATION = "quotation"  # at the mark that closes what `begin` opened


class Length(Enum):
    """How long a story is, spoken at 125 words a minute."""

    SHORT = "short"  # about 1 minute
    MIDDLE = "middle"  # 2 to 3 minutes
    LONG = "long"  # 5 minutes and more


@dataclass(frozen=True, slots=True)
class Beat:
    """One sentence of a story: what the model is told of it and what a draft of it must keep to.

    `sentence` begins with `begin`, word for word, and so it does with `plain_begin`, which begins
    with `begin` itself. `sentence` holds the keywords in their order.
    """

    actors: tuple[str, ...]  # as in a tag: ("duck",), ("duck", "fox"), ("Mimi",); (): anybody
    speaks: bool  # whether the actors speak in the sentence; False without actors
    keywords: tuple[str, ...]  # at most 4, in the order and the form in which they are to stand
    begin: str  # how the sentence begins, without a space at either end; "": the model begins it
    plain_begin: str  # the same for a model that knows no keywords
    sentence: str  # what is told when no draft will do
    end: End
    need: tuple[frozenset[str], ...]  # of each set, one word (lower case) stands in the sentence
    ban: frozenset[str]  # words (lower case) that the model's part does not hold; see breaks_ban()
    paragraph: bool  # begins a paragraph (or the chapter): a newline before it, not a space
    optional: bool  # may be left out when no draft is good
    told: bool  # `begin` is the whole sentence: nothing is left to the model

    @property
    def tag(self) -> str:
        """The text between "[" and "]": "duck says: lost hat", "lost hat", "duck:", "".

        The engine encodes it with a space in front.
        """
        who = " and ".join(self.actors) + (" says:" if self.speaks else ":")
        return " ".join([who] * bool(self.actors) + list(self.keywords))

    def guides_after(self, begin: str) -> tuple[str, ...]:
        """Words and marks of the planned sentence after `begin`: drafts are drawn to them.

        What follows a quotation that the draft ends with is not among them.
        """
        rest = self.sentence[len(begin) :]
        if self.end is End.QUOTATION:
            rest = rest[: rest.rfind('"') + 1]
        return tuple(_WRITTEN.findall(rest)[:MOST_GUIDES])

    def breaks_ban(self, words: frozenset[str]) -> bool:
        """Whether a draft of these lower-case words holds one that is banned.

        A ban on "not" holds for every negation: never, nothing, didn't ...
        """
        if not self.ban.isdisjoint(words):
            return True
        if "not" not in self.ban:
            return False
        return any(map(denies, words))

    def meets_needs(self, words: frozenset[str]) -> bool:
        """Whether a sentence, `begin` included, of these lower-case words holds what it must."""
        return all(not needed.isdisjoint(words) for needed in self.need)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a beat stands in its story."""

    gap: str  # between the story and it
    left: tuple[Beat, ...]  # the chapter's beats after it
    last: bool  # it ends the story


@dataclass(frozen=True, slots=True)
class Chapter:
    """A row of beats that share the model's context."""

    plot: str  # the plot's name
    cast: Cast  # hero, friend and what was asked for are the same in every chapter
    recall: str  # fed to a fresh context before the first beat, never spoken; "": context goes on
    beats: tuple[Beat, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole story before it is written."""

    chapters: tuple[Chapter, ...]
    length: Length
    calm: bool

    @property
    def cast(self) -> Cast:
        """Of the first chapter."""
        return self.chapters[0].cast

    @property
    def plots(self) -> tuple[str, ...]:
        """The names of its plots, to be avoided by the next plans."""
        return tuple(chapter.plot for chapter in self.chapters)


def denies(word: str) -> bool:
    """Whether a lower-case word is a negation."""
    return word in NEGATIONS or word.endswith("n't")


def words_of(text: str) -> tuple[str, ...]:
    """The lower-case words of a text, with their apostrophes and hyphens."""
    return tuple(_WORD.findall(text.lower()))
