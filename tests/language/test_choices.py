"""Two wishes that sound alike, the question, and its answer."""

from __future__ import annotations

import pytest

from storybot.language.choices import (
    BY_NUMBER,
    ONE_MEANING,
    chosen,
    names_neither,
    says_second,
    told_apart,
    words_between,
)
from storybot.language.replies import one_or_the_other
from storybot.language.requests import Request, understand
from storybot.language.things import find_thing


def wish(words: str) -> Request:
    request = understand(words)
    assert request is not None
    return request


@pytest.mark.parametrize(
    ("one", "other", "question"),
    [
        ("a boat", "a book", "A boat or a book?"),
        ("tell me a story about the owls", "tell me a story about cows", "An owl or a cow?"),
        ("a cat and a boat", "the cat and the book", "A boat or a book?"),
        ("a story about Hannah", "a story about a hat", "Hannah or a hat?"),
        ("two boats", "two books", "Two boats or two books?"),
        ("a boy called Noah", "a boy called Jack", "Noah or Jack?"),
        ("the moon", "some snow", "The moon or some snow?"),
        ("a mama and a cat", "a mom and a hat", "A cat or a hat?"),
    ],
)
def test_the_question_between_two(one: str, other: str, question: str) -> None:
    apart = told_apart(wish(one), wish(other))
    assert apart is not None and one_or_the_other(*apart) == question


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a boat", "boats"),
        ("a cat", "a cat and a boat"),
        ("a cat and a boat", "a bear and a book"),
        ("a boat", "louder"),
        ("no, a boat", "no, a book"),
        ("tell me a story", "a boat"),
        ("a boat", "the book story again"),
        ("a mama", "moms"),
        ("a cat and a teddy", "a cat and a teddy bear"),
        ("a story about Sara", "a story about Sarah"),
        ("a girl called Sara", "a girl called Sarah"),
    ],
)
def test_there_is_nothing_to_choose(one: str, other: str) -> None:
    assert told_apart(wish(one), wish(other)) is None
    assert told_apart(wish(other), wish(one)) is None
    assert told_apart(wish(one), None) is None is told_apart(None, wish(one))


@pytest.mark.parametrize(
    ("answer", "things"),
    [
        ("boat", "cat boat"),
        ("the boat", "cat boat"),
        ("boats", "cat boat"),
        ("a book please", "cat book"),
        ("a bear", "bear"),
        ("a boat and a book", "boat book"),
        ("a cat", "cat"),
    ],
)
def test_the_answer_names_one_of_the_two(answer: str, things: str) -> None:
    found = chosen(wish(answer), wish("a cat and a boat"), wish("a cat and a book"))
    assert [thing.word for thing in found.things] == things.split()


def test_the_answer_may_be_another_word_for_one_of_the_two() -> None:
    found = chosen(wish("a mama"), wish("a cat and a mom"), wish("a cat and a moon"))
    assert [thing.word for thing in found.things] == ["cat", "mom"]


@pytest.mark.parametrize("rest", ["", " and a cat"])
def test_the_answer_may_be_a_name_alone(rest: str) -> None:
    noah, jack = (wish(f"a boy called {name}{rest}") for name in ("Noah", "Jack"))
    assert chosen(wish("Noah"), noah, jack) == noah
    assert chosen(wish("Jack"), noah, jack) == jack
    assert chosen(wish("Lily"), noah, jack) == wish("Lily")


def test_each_word_has_one_meaning_and_is_on_the_list() -> None:
    words = [word for words in ONE_MEANING for word in words]
    assert len(set(words)) == len(words)
    assert [getattr(find_thing(word), "word", None) for word in words] == words


def test_the_answer_by_number() -> None:
    assert [says_second(words) for words in BY_NUMBER] == [False, False, True, True]
    assert says_second("The second one!") is True and says_second("first") is False
    assert says_second("the other one") is True
    assert says_second("the first snow") is None and says_second("yes") is None


def test_the_words_to_choose_by() -> None:
    assert words_between("tell me a story about a boat", "a book") == ("boat", "book")
    assert words_between("a cat and mice", "a cat and Hannah") == ("mouse", "mice", "hannah")
    assert words_between("a boat", "boats") == ()


def test_another_thing_is_neither() -> None:
    assert names_neither("a bear", ("boat", "book"))
    assert not any(names_neither(said, ("boat", "book")) for said in ("a boat", "no", "the first"))
