"""Which words of a corpus may be told, and how rare they are."""

from __future__ import annotations

from training.word_list import LEAST_STORIES, count, lines, words

STORIES = [
    'One day, Tim saw Daisy. "I see a daisy," said Tim. Look, Daisy\'s cat!',
    "Mr. Bun and Daisy saw a cat. Tim sat.",
    "I'm a cat. Daisy is a cat, and so am I, Tim.",
    "The cat saw Daisy and Tim.",
]


def test_names_are_left_out_and_doubtful_ones_marked() -> None:
    counted = {word: (rarity, name) for word, rarity, name in words(count(STORIES))}
    assert counted == {"cat": (0, False)}
    more = [*STORIES, *["The daisy grew, and Tim had a daisy."] * LEAST_STORIES]
    counted = {word: (rarity, name) for word, rarity, name in words(count(more * 2))}
    assert counted["daisy"] == (0, False)
    assert "tim" not in counted
    assert "bun" not in counted
    assert counted["grew"] == (1, False)
    assert counted["a"] == (0, False)


def test_lines_hold_the_words_that_begin_alike() -> None:
    made = list(lines([("cap", 3, False), ("cat", 2, True), ("a", 0, False)]))
    assert made[1:] == ["ca cap3 cat2*", "a a0"]
    assert made[0].startswith("#")
