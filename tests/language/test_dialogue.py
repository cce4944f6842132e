"""Quotations of a story, and whose they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storybot.language.dialogue import FRIEND, HERO, Dialogue


def followed(*sentences: str) -> list[list[tuple[str, int]]]:
    """The quotations of a paragraph's sentences."""
    dialogue = Dialogue()
    told = []
    for number, sentence in enumerate(sentences):
        found = dialogue.quotations(sentence, paragraph=number == 0)
        told.append([(sentence[start:end], who) for start, end, who in found])
    return told


def test_who_speaks_first_is_the_hero() -> None:
    assert followed(
        "Tom saw a bird.",
        '"Hello, bird!" said Tom.',
        '"Hello," said the bird, "who are you?"',
        'Tom said, "I am Tom."',
        '"Will you play?" he asked.',
        'The bird laughed and said: "Yes!"',
    ) == [
        [],
        [('"Hello, bird!"', HERO)],
        [('"Hello,"', FRIEND), ('"who are you?"', FRIEND)],
        [('"I am Tom."', HERO)],
        [('"Will you play?"', HERO)],
        [('"Yes!"', FRIEND)],
    ]


def test_a_quotation_goes_on_over_several_sentences() -> None:
    assert followed('"Look!', "It is a boat.", 'Come here!" said Mia.', '"I come!" cried Ben.') == [
        [('"Look!', HERO)],
        [("It is a boat.", HERO)],
        [('Come here!"', HERO)],
        [('"I come!"', FRIEND)],
    ]


def test_one_that_is_never_closed_ends_with_its_paragraph() -> None:
    dialogue = Dialogue()
    assert len(dialogue.quotations('"Look, a boat.', True)) == 1
    assert dialogue.quotations("It was red.", True) == ()
    assert dialogue.quotations("“Oh!” it said.", False) == ((0, 5, HERO),)


@given(st.lists(st.text(alphabet='ab “”".,said TomMi', max_size=40), max_size=6))
def test_quotations_lie_in_their_sentence_one_behind_the_other(sentences: list[str]) -> None:
    dialogue = Dialogue()
    for sentence in sentences:
        behind = 0
        for start, end, who in dialogue.quotations(sentence, False):
            assert behind <= start < end <= len(sentence) or sentence == ""
            assert who in (HERO, FRIEND)
            behind = end
