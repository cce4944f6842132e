from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.language.openings import opening
from storybot.language.things import Thing, find_thing, load_things

SOME = st.lists(st.sampled_from(load_things()), max_size=3, unique=True)


def named(*words: str) -> tuple[Thing, ...]:
    found = [find_thing(word) for word in words]
    assert None not in found
    return tuple(thing for thing in found if thing)


@given(SOME, st.integers(0, 2**64 - 1))
def test_every_opening_speaks_of_what_was_asked_and_stops_inside_a_sentence(
    things: list[Thing], seed: int
) -> None:
    text = opening(things, seed)
    assert text == opening(things, seed)
    for thing in things[:2]:
        assert re.search(rf"\b({thing.word}|{thing.plural})\b", text)
    first, _, rest = text.partition(". ")
    assert first and rest, "one whole sentence can be spoken before the model wrote a word"
    assert not text.endswith((" ", ".", ","))
    assert text[0].isupper() and not re.search(r"[{}]|\. [a-z]", text)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("cat",), "Once upon a time, there was a cat. The cat"),
        (("Lily",), "Once upon a time, there was a little girl named Lily. She"),
        (("boat", "owl"), "One day, an owl found a boat. The boat"),
        (("dragon", "Tim"), "One day, a little boy named Tim met a dragon. The dragon"),
        (("Ben", "Lily"), "Once upon a time, there were two friends named Ben and Lily. They"),
        (("cat", "dog"), "Once upon a time, there were two friends, a cat and a dog. The cat"),
        (("pirate", "castle"), "One day, a pirate went to a castle. At the castle, the pirate"),
    ],
)
def test_the_first_opening_of_each_shape(words: tuple[str, ...], expected: str) -> None:
    assert opening(named(*words), 0) == expected


@pytest.mark.parametrize("words", [(), ("cat",), ("boat",), ("snow",), ("cat", "boat")])
def test_seeds_give_different_openings(words: tuple[str, ...]) -> None:
    assert len({opening(named(*words), seed) for seed in range(60)}) >= 2 + (len(words) < 2)


def test_things_found_by_nobody_in_particular_meet_many_children() -> None:
    openings = {opening(named("boat"), seed) for seed in range(200)}
    children = {name for text in openings for name in re.findall(r"named (\w+)", text)}
    assert len(children) == 12


def test_every_pair_of_kinds_has_an_opening() -> None:
    kinds = {thing.kind: thing for thing in load_things()}
    for pair in itertools.product(kinds.values(), repeat=2):
        for seed in range(6):
            assert "." in opening(pair, seed)
