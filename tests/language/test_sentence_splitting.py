"""The sentence stream: where sentences end, and that cutting the text changes nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.language.sentence_splitting import SENTENCE_MAX_CHARACTERS, Sentence, SentenceStream

PIECES = [*"abTomI.!?…,;:\"'“”() \n\t-7é", "Mr. ", "said ", '." "', ".\n", "Ben said"]
STORY_LIKE = st.lists(st.sampled_from(PIECES), max_size=300).map("".join)


def sentences(text: str) -> list[Sentence]:
    stream = SentenceStream()
    return stream.feed(text) + stream.end()


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("He ran. She sat.", ["He ran.", "She sat."]),
        ("Stop! Who is there? Tom.", ["Stop!", "Who is there?", "Tom."]),
        ('"Hi," said Tom. "Let\'s play!"', ['"Hi," said Tom.', '"Let\'s play!"']),
        ('"Look!" he shouted. He ran.', ['"Look!" he shouted.', "He ran."]),
        ('"I found it!" Ben shouted. He ran.', ['"I found it!" Ben shouted.', "He ran."]),
        ('"No." Max said, "Yes."', ['"No."', 'Max said, "Yes."']),
        ('"Hi!" Tom ran home.', ['"Hi!"', "Tom ran home."]),
        ("“Look!” he said. “A cat!” Bye.", ["“Look!” he said.", "“A cat!”", "Bye."]),
        ("Mr. Fox met Mrs. Hen. Dr. Owl came.", ["Mr. Fox met Mrs. Hen.", "Dr. Owl came."]),
        ("He saw T. Rex. It was I. We ran.", ["He saw T. Rex.", "It was I.", "We ran."]),
        (
            "She waited... and waited... Then he came.",
            ["She waited... and waited...", "Then he came."],
        ),
        ("Wait… what? Yes.", ["Wait… what?", "Yes."]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("He had 3.5 apples. 7 were red.", ["He had 3.5 apples.", "7 were red."]),
        ("I love Mom. Dad is here. Go to Tim.", ["I love Mom.", "Dad is here.", "Go to Tim."]),
        ("One day\nTom ran.\n\n\nThe end.", ["One day", "Tom ran.", "The end."]),
        ("(He hid.) Nobody saw.", ["(He hid.)", "Nobody saw."]),
        ("The end", ["The end"]),
        ('He said, "', ['He said, "']),
        ('He left. "', ["He left."]),
        ("   \n \n", []),
        ("", []),
        ("... ! ?", []),
    ],
)
def test_where_sentences_end(story: str, expected: list[str]) -> None:
    assert texts(story) == expected


def test_a_sentence_is_known_when_the_next_one_begins() -> None:
    stream = SentenceStream()
    assert stream.feed("He ran. ") == []
    assert [s.text for s in stream.feed("S")] == ["He ran."]


def test_a_new_line_ends_a_sentence_at_once() -> None:
    stream = SentenceStream()
    assert [s.text for s in stream.feed('"Hi!"\n')] == ['"Hi!"']


def test_numbers_and_paragraphs() -> None:
    assert sentences("One. Two.\nThree.") == [
        Sentence("One.", 1, True),
        Sentence("Two.", 2, False),
        Sentence("Three.", 3, True),
    ]


def test_finished_is_said_of_whole_sentences_only() -> None:
    finished = [s.finished for s in sentences('He ran. "Go!"\n(Yes.)\nAnd then the')]
    assert finished == [True, True, True, False]


def test_a_sentence_that_never_ends_is_cut_after_a_comma() -> None:
    words = ("word " * 25).strip()
    parts = texts(f"{words}, {words}, {words}")
    assert parts[0] == f"{words},"
    assert all(len(part) <= SENTENCE_MAX_CHARACTERS for part in parts)


def test_without_comma_or_blank_it_is_cut_all_the_same() -> None:
    assert texts("x" * 1000) == ["x" * SENTENCE_MAX_CHARACTERS] * 4 + [
        "x" * (1000 - 4 * SENTENCE_MAX_CHARACTERS)
    ]


def test_marks_without_words_do_not_pile_up() -> None:
    stream = SentenceStream()
    for _ in range(50):
        assert stream.feed("!?. " * 100) == []
    assert next(s.text for s in stream.feed("Go. A")).endswith("Go.")


@given(STORY_LIKE, st.lists(st.integers(0, 500), max_size=12))
def test_cutting_the_text_changes_nothing(story: str, cuts: list[int]) -> None:
    stream, pieces, start = SentenceStream(), [], 0
    for cut in [*sorted(cuts), len(story)]:
        pieces += stream.feed(story[start:cut])
        start = max(start, min(cut, len(story)))
    assert pieces + stream.end() == sentences(story)


@given(STORY_LIKE)
def test_no_word_is_lost_and_none_is_new(story: str) -> None:
    told = "".join(sentence.text for sentence in sentences(story))
    assert re.sub(r"[\W_]", "", told) == re.sub(r"[\W_]", "", story)


@given(STORY_LIKE)
def test_sentences_are_short_tidy_and_numbered(story: str) -> None:
    told = sentences(story)
    assert [sentence.number for sentence in told] == list(range(1, len(told) + 1))
    for sentence in told:
        assert sentence.text == sentence.text.strip()
        assert "\n" not in sentence.text
        assert len(sentence.text) <= SENTENCE_MAX_CHARACTERS


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_stream_can_be_used_for_the_next_story(first: str, second: str) -> None:
    stream = SentenceStream()
    stream.feed(first)
    stream.end()
    again = stream.feed(second) + stream.end()
    assert [s.text for s in again] == texts(second)
