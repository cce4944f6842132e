"""Wishes as children say them, spoken and typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from storybot.language.family import FamilyWord, use_family
from storybot.language.requests import Request, RequestKind, Style, spoken_back, understand
from storybot.language.things import find_thing, thing_of
from storybot.language.typed_requests import understand_typed


@pytest.fixture
def family() -> Iterator[None]:
    use_family((FamilyWord("Xaver", "boy"), FamilyWord("Zoë", "girl"), FamilyWord("Mimi", "cat")))
    yield
    use_family(())


def said(request: Request | None) -> str:
    assert request is not None
    return spoken_back(request)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("something with pirates", "A story about a pirate."),
        ("tell me something about a digger", "A story about a digger."),
        (
            "tell me a story about a boy called noah and his digger",
            "A story about a boy called Noah and a digger.",
        ),
        ("a story about two brothers", "A story about two brothers."),
        ("three little pigs", "A story about three pigs."),
        ("a story about a birthday cake", "A story about a birthday cake."),
        ("a fire truck", "A story about a fire truck."),
        ("fire trucks and teddy bears", "A story about a fire truck and a teddy bear."),
        ("ice cream", "A story about some ice cream."),
        ("tell me a story about an ice cream truck", "A story about an ice cream truck."),
        ("a story about santa", "A story about Santa."),
        ("a story about christmas and space", "A story about Christmas and space."),
        ("my mama and my papa", "A story about a mama and a papa."),
        ("tell me a long story about a zombie", "A long story about a zombie."),
        ("a short funny story about a cat", "A short funny story about a cat."),
        ("tell me a bedtime story", "A bedtime story."),
        ("a story about me", "A story about a child."),
        ("the dragon story again", "The story about the dragon again."),
        ("tell me the story about the dragon again", "The story about the dragon again."),
        (
            "tell me a story about the fire truck again please",
            "The story about the fire truck again.",
        ),
        ("a girl called and a dog", "A story about a girl and a dog."),
        ("two snow", "A story about some snow."),
    ],
)
def test_both_ways(text: str, back: str) -> None:
    assert said(understand(text)) == back
    assert said(understand_typed(text)) == back


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("a boy called Noah and his digger", "A story about a boy called Noah and a digger."),
        ("my teddy bear Bruno", "A story about a teddy bear called Bruno."),
        ("a story about my teddy bear Bruno", "A story about a teddy bear called Bruno."),
        ("tell me a bedtime story about our dog Rex", "A bedtime story about a dog called Rex."),
        ("about my brother Max and his digger", "A story about a brother called Max and a digger."),
        ("my doll Anna", "A story about a doll called Anna."),
        ("a story about Bruno the bear", "A story about a bear called Bruno."),
        ("a story about Anna and Elsa", "A story about Anna and a child called Elsa."),
        (
            "a story about my friend Zelda and a boat",
            "A story about a child called Zelda and a boat.",
        ),
        ("a story about the Gruffalo", "A story about a gruffalo."),
        ("a story about a Quokka", "A story about a quokka."),
        ("Tell Me About Quokkas", "A story about some quokkas."),
        ("a story with no monsters or ghosts", "A story."),
        ("a story without ghosts about a bear", "A story about a bear."),
        ("a cat, but no dog", "A story about a cat."),
        ("a story not about a dog", "A story."),
        ("a story about my dog swimming", "A story about a dog."),
        ("a story about the bear", "A story about a bear."),
        ("two quokkas", "A story about two quokkas."),
        ("a quokka named Bob", "A story about a quokka called Bob."),
        ("a long funny story about a quokka", "A long funny story about a quokka."),
    ],
)
def test_typed_with_words_that_nobody_listed(text: str, back: str) -> None:
    assert said(understand_typed(text)) == back


@pytest.mark.parametrize(
    "text", ["go on", "go on please", "tell me more", "what happens next", "go on with the story"]
)
def test_the_next_chapter(text: str) -> None:
    assert understand(text) == understand_typed(text) == Request(RequestKind.GO_ON)


@pytest.mark.parametrize(
    ("words", "style"),
    [
        ("tell me a long story", Style("long")),
        ("a quick silly story about a cat", Style("short", "funny")),
        ("a funny bedtime story about a cat", Style("", "calm")),
        ("a story about a funny cat", Style()),
    ],
)
def test_styles(words: str, style: Style) -> None:
    request = understand(words)
    assert request is not None and request.style == style


@pytest.mark.parametrize("text", ["the again", "the nonsense story again", "me", "two"])
def test_what_is_no_wish(text: str) -> None:
    assert understand(text) is None or not understand(text).things  # type: ignore[union-attr]


@pytest.mark.usefixtures("family")
def test_the_family_is_known_both_ways() -> None:
    for understood in (understand, understand_typed):
        assert said(understood("a story about me")) == "A story about Xaver and Zoë."
        assert said(understood("about zoe and mimi")) == "A story about Zoë and a cat called Mimi."
        assert said(understood("mimi's birthday cake")) == (
            "A story about a cat called Mimi and a birthday cake."
        )


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize(
    "words", ["mimi", "xaver", "two brothers", "a boy called noah", "fire truck", "santa", "space"]
)
def test_what_the_library_keeps_is_found_again(words: str) -> None:
    request = understand(words)
    assert request is not None
    for thing in request.things:
        assert thing_of(thing.key) == thing


def test_a_key_of_a_stranger() -> None:
    request = understand_typed("a quokka called Bob and two wombats")
    assert request is not None
    assert [thing.key for thing in request.things] == ["quokka called Bob", "two wombats"]
    assert [thing_of(thing.key) for thing in request.things] == [*request.things]
    assert find_thing("quokka") is None


@pytest.mark.parametrize(
    ("words", "back"),
    [
        ("yes", "Yes."),
        ("yes please", "Yes."),
        ("no", "No."),
        ("no no", "No."),
        ("no a", "No."),
        ("no, a boat", "No, a boat."),
        ("no I said a boat and a cat", "No, a boat and a cat."),
        ("no, the fire truck please", "No, a fire truck."),
    ],
)
def test_answers_and_corrections(words: str, back: str) -> None:
    assert said(understand(words)) == back


@pytest.mark.parametrize("words", ["no thank you very much", "no more juice", "no stop"])
def test_what_is_no_correction(words: str) -> None:
    assert understand(words) is None
