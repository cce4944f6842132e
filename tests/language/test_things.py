from __future__ import annotations

from pathlib import Path

import pytest

from storybot.language import things
from storybot.language.things import find_thing, load_things, usual_things


@pytest.mark.parametrize(
    ("word", "phrase", "definite", "plural", "loved"),
    [
        ("cat", "a cat", "the cat", "cats", "cats"),
        ("owl", "an owl", "the owl", "owls", "owls"),
        ("unicorn", "a unicorn", "the unicorn", "unicorns", "unicorns"),
        ("umbrella", "an umbrella", "the umbrella", "umbrellas", "umbrellas"),
        ("wolf", "a wolf", "the wolf", "wolves", "wolves"),
        ("fairy", "a fairy", "the fairy", "fairies", "fairies"),
        ("witch", "a witch", "the witch", "witches", "witches"),
        ("snow", "some snow", "the snow", "snow", "snow"),
        ("moon", "the moon", "the moon", "moon", "the moon"),
        ("pajamas", "some pajamas", "the pajamas", "pajamas", "pajamas"),
        ("Lily", "Lily", "Lily", "Lily", "Lily"),
    ],
)
def test_article_and_plural(word: str, phrase: str, definite: str, plural: str, loved: str) -> None:
    thing = find_thing(word)
    assert thing is not None
    assert (thing.phrase, thing.definite, thing.plural, thing.loved) == (
        phrase,
        definite,
        plural,
        loved,
    )


@pytest.mark.parametrize(
    ("article", "words"),
    [
        ("an", "hour heirloom uncle urchin usher x-ray onion"),
        ("a", "house ufo ukulele user uniform ewe t-rex onesie"),
    ],
)
def test_articles_go_by_sound(article: str, words: str) -> None:
    """Also before what is on no list."""
    for word in words.split():
        assert things.unlisted_thing(word).phrase == f"{article} {word}"


def test_a_plural_and_any_capitals_find_the_thing() -> None:
    assert find_thing("Mice") == find_thing("mouse")
    assert find_thing("lily") == find_thing("Lily")
    assert find_thing("carburettor") is None


def test_there_are_three_hundred_things_and_every_form_is_written_once() -> None:
    entries = load_things()
    assert sum(not thing.is_name for thing in entries) >= 300
    assert len({thing.word.lower() for thing in entries}) == len(entries)


def test_usual_things_are_cut_from_the_end_with_a_tenth_as_many_names() -> None:
    few = usual_things(20)
    assert [thing.is_name for thing in few] == [False] * 20 + [True] * 2
    assert find_thing("Lily") in few
    assert find_thing("windmill") not in few


def test_every_word_stands_in_the_recognisers_dictionary() -> None:
    pocketsphinx = pytest.importorskip("pocketsphinx")
    dictionary = Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    known = {line.split(" ", 1)[0] for line in dictionary.read_text().splitlines()}
    assert {word for t in load_things() for word in t.word.lower().split()} <= known


def test_a_broken_line_names_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "things.txt"
    file.write_text("cat creature\n\ndog wild beast of prey\n")
    monkeypatch.setattr(things, "THINGS_FILE", file)
    load_things.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"things\.txt:3: expected word, kind"):
            load_things()
    finally:
        load_things.cache_clear()
