from __future__ import annotations

from pathlib import Path

import pytest

from storybot.language.things import find_thing
from storybot.measuring.story_quality import (
    load_words,
    mentions,
    repeats_sentence,
    unknown_words,
    words_of,
)
from storybot.measuring.story_table import Row, samples_text, table_text


@pytest.mark.parametrize(
    ("text", "word", "count"),
    [
        ("A cat saw the cats. The cat's tail. Category.", "cat", 3),
        ("Wolves howl at a Wolf.", "wolf", 2),
        ("lily and Lily’s hat", "Lily", 2),
        ("no such thing", "boat", 0),
    ],
)
def test_mentions_in_every_form(text: str, word: str, count: int) -> None:
    thing = find_thing(word)
    assert thing
    assert mentions(text, thing) == count


def test_a_sentence_said_twice_counts_but_not_a_short_one() -> None:
    assert repeats_sentence("The cat ran to Tim. He fell. The cat ran to Tim!")
    assert not repeats_sentence("Thank you! The cat ran home. Thank you!")


def test_words_unknown_to_the_list() -> None:
    assert words_of("Don't stop, Tim's dog!") == ["don't", "stop", "tim's", "dog"]
    known = frozenset(("tim", "dog", "don't"))
    assert unknown_words("Don't blork Tim's dog.", known) == ["blork"]


def test_the_word_list_gains_our_names_and_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_text("Apple\nbear\n", encoding="utf-8")
    words = load_words(path)
    assert {"apple", "bear", "lily", "fairies"} <= words
    assert load_words(tmp_path / "none") == frozenset()


def test_the_table_has_a_column_a_model() -> None:
    text = table_text({"a": [Row("size", "1", "<= 2")], "b": [Row("size", "3", "<= 2")]})
    assert text.splitlines() == [
        "| | a | b | wanted |",
        "|---|---|---|---|",
        "| size | 1 | 3 | <= 2 |",
    ]


def test_samples_are_chosen_by_seed_alone() -> None:
    stories = [(str(i), f"Story {i}.\nEnd.") for i in range(50)]
    assert samples_text(stories, 3, 5) == samples_text(stories, 3, 5)
    assert samples_text(stories, 3, 5) != samples_text(stories, 3, 6)
    assert samples_text(stories, 3, 5).count("> End.") == 3
