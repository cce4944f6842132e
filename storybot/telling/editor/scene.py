"""What the rules know beside the draft: its beat, who is in the story, and what was told before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from storybot.language.things import load_things
from storybot.telling.editor.reading import word_texts
from storybot.telling.editor.vocabulary import Vocabulary, load_people, load_vocabulary
from storybot.telling.plan import Beat, Chapter
from storybot.telling.roles import Cast, Role
from storybot.telling.small_words import SMALL_WORDS

GRAM = 4  # words that make an echo when they were said in this order before
RECENT = 2  # sentences that a pronoun may look back


@dataclass
class Past:
    """The sentences that were told, as far as rules ask for them."""

    sentences: set[tuple[str, ...]] = field(default_factory=set)
    grams: set[tuple[str, ...]] = field(default_factory=set)
    recent: tuple[frozenset[str], ...] = ()  # the words of the last RECENT sentences
    words: set[str] = field(default_factory=set)

    def add(self, sentence: str) -> None:
        """One more sentence was told."""
        words = word_texts(sentence)
        self.sentences.add(words)
        self.grams.update(grams(words))
        self.words.update(words)
        self.recent = (*self.recent, frozenset(words))[-RECENT:]


def grams(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All runs of GRAM words."""
    return [words[at : at + GRAM] for at in range(len(words) - GRAM + 1)]


@dataclass(frozen=True)
class Story:
    """What stays the same through a story."""

    cast: Cast
    familiar: frozenset[str]  # all words of the plan: nobody in it is a stranger
    cast_words: frozenset[str]  # that name one of the cast or what the story is about
    names: frozenset[str]  # of the cast, in lower case
    vocabulary: Vocabulary
    people: frozenset[str]  # nouns for one person or animal
    allows: Callable[[str], bool]  # the safety filter

    @property
    def roles(self) -> tuple[Role, ...]:
        return self.cast.roles


@dataclass(frozen=True)
class Scene:
    """Where a draft is to stand."""

    story: Story
    beat: Beat
    past: Past
    last: bool = False  # the beat ends the story


def story_of(chapter: Chapter, allows: Callable[[str], bool]) -> Story:
    """What the rules know of one chapter."""
    return Story(
        chapter.cast,
        words_of_plan(chapter),
        frozenset().union(*(role.words for role in chapter.cast.roles)) - SMALL_WORDS,
        frozenset(part for role in chapter.cast.roles for part in role.name.lower().split()),
        load_vocabulary(),
        people_nouns(),
        allows,
    )


@cache
def people_nouns() -> frozenset[str]:
    """Nouns for one person or animal: the creatures of things.txt and those of people.txt."""
    return load_people() | {thing.word for thing in load_things() if thing.kind == "creature"}


def words_of_plan(chapter: Chapter) -> frozenset[str]:
    """Every word that the plan itself tells or asks for."""
    roles = chapter.cast.roles
    texts = [text for role in roles for text in (role.a, role.home, role.loves, role.own)]
    texts.append(chapter.recall)
    for beat in chapter.beats:
        texts += (beat.begin, beat.plain_begin, beat.sentence, *beat.actors, *beat.keywords)
    return frozenset(word for text in texts for word in word_texts(text)).union(
        *(role.words for role in roles)
    )
