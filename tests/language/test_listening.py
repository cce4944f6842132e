from __future__ import annotations

import pytest

from storybot.language.listening import KeyphraseOnly, ListenFor, relevant_part

CALL = "tell me a story"
CALLED = KeyphraseOnly()


@pytest.mark.parametrize(
    ("text", "keyphrase", "request_", "stop"),
    [
        ("tell me a story", CALLED, "tell me a story", None),
        ("please tell me a story", CALLED, "please tell me a story", None),
        ("tell me a story about a cat", *["tell me a story about a cat"] * 2, None),
        ("tell me a story about the", CALLED, None, None),  # about what? it can be said now
        ("tell me a", None, None, None),
        ("tell me a story later", None, None, None),
        ("about a cat", None, "about a cat", None),
        ("a cat", None, "a cat", None),
        ("another one", "another one", "another one", None),
        ("louder", "louder", "louder", None),
        ("stop", "stop", "stop", "stop"),
        ("nonsense", None, None, None),
    ],
)
def test_what_passes_in_each_state(
    text: str, keyphrase: object, request_: object, stop: object
) -> None:
    assert relevant_part(text, ListenFor.KEYPHRASE, CALL) == keyphrase
    assert relevant_part(text, ListenFor.REQUEST, CALL) == request_
    assert relevant_part(text, ListenFor.STOP, CALL) == stop


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hey robot", CALLED),
        ("hey robot tell me a story", CALLED),
        ("hey robot tell me a story about a cat", "hey robot tell me a story about a cat"),
        ("tell me a story about a cat", None),
    ],
)
def test_a_keyphrase_of_ones_own(text: str, expected: object) -> None:
    assert relevant_part(text, ListenFor.KEYPHRASE, "hey robot") == expected


@pytest.mark.parametrize("text", ["a boat", "the second", "the first one", "yes", "no", "stop"])
def test_what_answers_the_question_between_two(text: str) -> None:
    assert relevant_part(text, ListenFor.CHOICE, CALL) == text


def test_a_number_answers_nothing_else() -> None:
    assert relevant_part("the second", ListenFor.REQUEST, CALL) is None
    assert relevant_part("tell me a", ListenFor.CHOICE, CALL) is None
