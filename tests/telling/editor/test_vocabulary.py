"""The words that may be told: what the file says, and that it is small."""

from __future__ import annotations

from storybot.telling.editor.vocabulary import Vocabulary, load_people, load_vocabulary

WORDS = Vocabulary(("# made", "a a0", "pe pea9 peach11 pearl8*", "ca can3 can't4"))


def test_words_are_known_as_a_whole() -> None:
    assert all(word in WORDS for word in ("a", "pea", "peach", "pearl", "can", "can't"))
    assert not any(word in WORDS for word in ("", "p", "pe", "peac", "peas", "ca", "can'", "0"))


def test_rarity_and_names() -> None:
    assert (WORDS.rarity("pea"), WORDS.rarity("peach"), WORDS.rarity("peas")) == (9, 11, None)
    assert WORDS.is_name("pearl")
    assert WORDS.rarity("pearl") == 8
    assert not WORDS.is_name("pea")


def test_the_words_that_come_with_storybot() -> None:
    known = load_vocabulary()
    assert all(word in known for word in ("i", "i'm", "the", "hugged", "can't"))
    assert not any(word in known for word in ("gladful", "tim", "xyz", "tim's"))
    assert known.is_name("spot")
    assert known.rarity("the") == 0


def test_people_are_words() -> None:
    assert "mom" in load_people()
    assert "duck" not in load_people()  # it is on the list of things
