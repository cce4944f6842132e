"""A sentence is cut where a reader breathes, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.speaking.phrases import phrases


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("One day, Tom ran.", ["One day,", "Tom ran."]),
        ('"Hello, boat!" said Tom.', ['"Hello,', 'boat!"', "said Tom."]),
        ('Tom said, "No."', ["Tom said,", '"No."']),
        ("It was dark; he saw: nothing.", ["It was dark;", "he saw:", "nothing."]),
        ("A cat – a big one – ran.", ["A cat –", "a big one –", "ran."]),
        ("It cost 1,000 coins at 10:30.", ["It cost 1,000 coins at 10:30."]),
        ("Wait... what?", ["Wait... what?"]),
        ("Mr. Fox is well-known.", ["Mr. Fox is well-known."]),
        (" , - ,  ", [",  - ,".replace("  ", " ")]),
        ("Go, !", ["Go, !"]),
        ("", [""]),
    ],
)
def test_where_a_sentence_is_cut(sentence: str, parts: list[str]) -> None:
    assert [phrase.text for phrase in phrases(sentence)] == parts


def test_a_quotation_is_a_phrase_of_its_own_and_says_whose() -> None:
    sentence = 'Tom cried "Stop!" and ran, but "no," said Mia.'
    quotations = [(10, 17, 0), (31, 36, 1)]
    assert [(phrase.text, phrase.who) for phrase in phrases(sentence, quotations)] == [
        ("Tom cried", None),
        ('"Stop!"', 0),
        ("and ran,", None),
        ("but", None),
        ('"no,"', 1),
        ("said Mia.", None),
    ]


@given(st.text(alphabet="ab ,.!?\"'-–;:", max_size=60))
def test_nothing_is_lost_and_every_phrase_lies_where_it_says(sentence: str) -> None:
    end = 0
    for phrase in phrases(sentence):
        assert not sentence[end : phrase.start].strip()
        end = phrase.start + len(phrase.text)
        assert sentence[phrase.start : end] == phrase.text
    assert not sentence[end:].strip()
