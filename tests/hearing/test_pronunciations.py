from __future__ import annotations

import pytest

from storybot.hearing.recognisers.pocketsphinx import pronunciations
from storybot.language.things import Thing, find_thing


def things(*words: str) -> list[Thing]:
    return [thing for word in words if (thing := find_thing(word))]


DICTIONARY = ["cat K AE T\n", "cat(2) K AH T\n", "cats K AE T S\n", "dog D AO G\n", "zebra Z"]


def test_the_dictionary_is_cut_to_the_wanted_words() -> None:
    known = pronunciations.parse_dictionary(DICTIONARY, {"cat", "dog", "unicorn"})
    assert known == {"cat": ["K AE T", "K AH T"], "dog": ["D AO G"]}
    assert pronunciations.dictionary_text(known) == "cat K AE T\ncat(2) K AH T\ndog D AO G\n"


@pytest.mark.parametrize(
    ("word", "phones", "plural"),
    [("unicorn", "Y N", "Y N Z"), ("teapot", "P T", "P T S"), ("compass", "P S", "P S IH Z")],
)
def test_a_plural_that_is_missing_is_made(word: str, phones: str, plural: str) -> None:
    (thing,) = things(word)
    known = pronunciations.with_plurals({word: [phones]}, [thing])
    assert known == {word: [phones], thing.plural: [plural]}
    assert pronunciations.with_plurals({}, [thing]) == {}


def test_who_says_caught_like_cot_is_listened_for() -> None:
    known = {"dog": ["D AO G"], "dogs": ["D AA G Z", "D AO G Z"], "story": ["S T AO R IY"]}
    merged = pronunciations.with_merged_vowel(known)
    assert merged == known | {"dog": ["D AO G", "D AA G"]}


def test_of_two_things_that_sound_alike_the_first_is_understood() -> None:
    known = {"aunt": ["AE N T", "AO N T"], "ant": ["AE N T"], "firemen": ["F"], "fireman": ["F"]}
    left = pronunciations.without_homophones(known, ("ant", "aunt", "fireman", "firemen"))
    assert left == known | {"aunt": ["AO N T"]}, "firemen have no other way to be said"
