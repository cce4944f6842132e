"""Listed things that sound like words on no list."""

from __future__ import annotations

import pytest

from storybot.language.sound_alikes import alikes, distance, sound_alike, with_listed_words
from storybot.language.things import load_things


def words(written: str) -> list[str]:
    return [word for word, _ in alikes(written, 6)]


@pytest.mark.parametrize(
    ("written", "thing"),
    [
        ("rucks", "rocks"),
        ("tensors", "dancers"),
        ("theirs", "bears"),
        ("durgle", "turtle"),
        ("past stretches", "ostriches"),
        ("meal box", "mailbox"),
        ("male man", "mailman"),
        ("fire fly", "firefly"),
        ("study", "teddy"),
        ("gnight", "knight"),
    ],
)
def test_alikes(written: str, thing: str) -> None:
    assert thing in words(written)
    assert sound_alike(written, thing)


def test_nothing_sounds_like_what_is_far_from_everything() -> None:
    assert alikes("power capine", 6) == [] == alikes("washing machine", 6)
    assert not sound_alike("bicycle pump", "bicycle")


def test_every_listed_thing_sounds_like_itself() -> None:
    for thing in load_things():
        assert thing.word in words(thing.word), thing.word


def test_distance() -> None:
    assert distance("", "abc") == 3 == distance("abc", "")
    assert distance("kitten", "sitting") == 3


def test_the_words_around_stay() -> None:
    said = with_listed_words("Can you tell me a story about a seable, please?")
    assert "Can you tell me a story about an apple, please?" in said, "with its article"
    assert all(text.endswith(", please?") for text in said)
    assert "Tell me a story about a dress." in with_listed_words("Tell me a story about address.")
    pair = with_listed_words("Tell me a story about two rucks in the little dug.")
    assert "Tell me a story about two rocks in the little dug." in pair


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Tell me a story.",
        "Tell me a story about a cat.",
        "Tell me a story about a boy and Lily!",
    ],
)
def test_what_is_listed_is_not_asked_about_again(said: str) -> None:
    assert with_listed_words(said) == []
