"""Faults of sentences as eval-stories counts them."""

from __future__ import annotations

import pytest

from storybot.measuring.sentence_faults import (
    FAULTS,
    count,
    persons_in,
    sentences_in,
    speaker_in,
    speaks_to_oneself,
    twice,
)

WORDS = frozenset(
    [
        "the",
        "a",
        "fox",
        "duck",
        "was",
        "ran",
        "to",
        "lost",
        "her",
        "his",
        "hat",
        "by",
        "pond",
        "saw",
        "and",
        "said",
        "she",
        "he",
    ]
)
CAST = {"duck": "she", "fox": "he"}


def test_sentences_end_where_a_new_one_begins() -> None:
    assert sentences_in('He ran. "Stop!" said Tom. “Why?” She sat.\nThe end') == [
        "He ran.",
        '"Stop!" said Tom.',
        '"Why?"',
        "She sat.",
        "The end",
    ]


def test_persons_are_creatures_names_and_capitals_inside() -> None:
    assert persons_in("The fox's friend Zuri saw Lily, and I saw a mom.") == [
        "fox",
        "zuri",
        "lily",
        "mom",
    ]


@pytest.mark.parametrize(
    ("sentence", "bad"),
    [
        ("The fox saw the fox.", True),
        ("The fox and the duck saw the fox.", True),
        ("The fox ran, and the fox fell.", False),
        ("The fox ran because the fox was late.", False),
        ('"Fox, fox!" said the duck.', False),
        ("There was a fox named Fox.", False),
    ],
)
def test_somebody_twice(sentence: str, bad: bool) -> None:
    assert twice(sentence) is bad


def test_speakers() -> None:
    assert speaker_in('"I ran," said the little fox.') == "fox"
    assert speaker_in('The duck said, "I ran to the fox."') == "duck"
    assert speaker_in('"I ran," he said.') == ""
    assert speaks_to_oneself('"Thank you, fox," said the fox.')
    assert not speaks_to_oneself('"Thank you, duck," said the fox.')


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("The duck saw the duck.", "somebody twice"),
        ("The duck saw a bear.", "stranger"),
        ('"Hello, duck," said the duck.', "wrong speaker"),
        ("The duck lost his hat.", "wrong pronoun"),
        ("The duck was blorky.", "unknown word"),
    ],
)
def test_each_fault_is_counted(text: str, fault: str) -> None:
    found = count(text, WORDS, CAST)
    assert tuple(found) == FAULTS
    assert found[fault] == [text]


def test_a_sound_story_has_none_and_what_was_given_is_no_stranger() -> None:
    text = "The duck lost her hat. The fox saw his hat by the pond. He ran to the bear."
    found = count(text, WORDS | {"bear"}, CAST, given="[fox: bear]")
    assert not any(found.values())


def test_without_a_cast_who_is_new_must_be_introduced_and_pronouns_are_voted_for() -> None:
    text = "A fox ran and he saw. The fox lost his hat. The fox lost her hat. The duck ran."
    found = count(text, WORDS)
    assert found["stranger"] == ["The duck ran."]
    assert found["wrong pronoun"] == ["The fox lost her hat."]
