from __future__ import annotations

import random

import pytest

from storybot.language.things import Thing, find_thing
from training.steer import Steerer


@pytest.fixture
def steerer() -> Steerer:
    return Steerer(random.Random(1))


def thing(word: str) -> Thing:
    found = find_thing(word)
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("A dog met two dogs.", "dog", "otter", "An otter met two otters."),
        ("It was an owl. An Owl!", "owl", "fox", "It was a fox. A Fox!"),
        ("The dog's bone, a hotdog.", "dog", "wolf", "The wolf's bone, a hotdog."),
        ("a big dog and a dog", "dog", "owl", "a big owl and an owl"),
        ("She had a box of boxes.", "box", "umbrella", "She had an umbrella of umbrellas."),
    ],
)
def test_exchange_keeps_articles_and_numbers_right(
    steerer: Steerer, text: str, old: str, new: str, expected: str
) -> None:
    assert steerer.exchange(text, thing(old), thing(new)) == expected


def test_mentions_count_both_numbers_and_leave_scenery_out(steerer: Steerer) -> None:
    counted = steerer.mentions("A cat and a dog saw cats in the park. The park had a cat.")
    assert [(one.word, count) for one, count in counted] == [("cat", 3), ("dog", 1)]


def test_rename_gives_a_name_of_the_same_kind_everywhere(steerer: Steerer) -> None:
    told = steerer.renamed("Once there was a girl named Lily. Lily ran. It was Lily's day.")
    assert "Lily" not in told
    name = told.split("named ")[1].split(".")[0]
    assert told.count(name) == 3
    assert thing(name).kind == "girl-name"


STORY = (
    "Once upon a time, there was a little girl named Lily. She loved to run. One day, Lily saw "
    "a red ball in the park. The ball was big. Lily kicked the ball to her mom. Her mom kicked "
    "the ball back. They played until the sun went down and it was time to go home for dinner. "
    "Lily laughed and took the ball home."
)


def test_a_story_opened_anew_begins_with_an_opening_and_keeps_its_end() -> None:
    told = {Steerer(random.Random(seed)).open_anew(STORY) for seed in range(20)} - {None}
    assert told
    for story in told:
        assert story is not None
        assert story.endswith(" laughed and took the ball home.")
        assert "ball" in story.split(". ")[0] + story.split(". ")[1]


def test_a_story_about_nothing_on_the_list_is_not_opened_anew(steerer: Steerer) -> None:
    assert steerer.open_anew("Once there was a man. One day, he slept. He slept well.") is None
    assert steerer.open_anew("no sentence at all") is None


def test_the_same_seed_makes_the_same_changes() -> None:
    one, other = (Steerer(random.Random(7)).exchanged(STORY) for _ in range(2))
    assert one == other
    assert "ball" not in one
