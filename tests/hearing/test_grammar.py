from __future__ import annotations

import pytest

from storybot.hearing import grammar
from storybot.things import Thing, find_thing


def things(*words: str) -> list[Thing]:
    return [thing for word in words if (thing := find_thing(word))]


def test_the_call_grammar_holds_keyphrase_topics_and_commands() -> None:
    rules = grammar.call_grammar("tell me a story", ["cat", "cats"])
    assert rules.startswith("#JSGF V1.0;\ngrammar call;")
    assert "<call> = tell me a story;" in rules
    words = grammar.grammar_words(rules)
    assert {"tell", "me", "cat", "cats", "about", "louder", "night"} <= words
    assert "utterance" not in words and "call" not in words


def test_a_keyphrase_of_ones_own_can_be_followed_by_the_question() -> None:
    rules = grammar.call_grammar("hey robot", ["cat"])
    assert "<call> = hey robot [tell me a story];" in rules


def test_spoken_forms_are_singular_and_plural_once() -> None:
    assert grammar.spoken_forms(things("cat", "sheep", "Lily")) == ["cat", "cats", "sheep", "lily"]


DICTIONARY = ["cat K AE T\n", "cat(2) K AH T\n", "cats K AE T S\n", "dog D AO G\n", "zebra Z"]


def test_the_dictionary_is_cut_to_the_wanted_words() -> None:
    known = grammar.parse_dictionary(DICTIONARY, {"cat", "dog", "unicorn"})
    assert known == {"cat": ["K AE T", "K AH T"], "dog": ["D AO G"]}
    assert grammar.dictionary_text(known) == "cat K AE T\ncat(2) K AH T\ndog D AO G\n"


@pytest.mark.parametrize(
    ("word", "phones", "plural"),
    [("unicorn", "Y N", "Y N Z"), ("teapot", "P T", "P T S"), ("compass", "P S", "P S IH Z")],
)
def test_a_plural_that_is_missing_is_made(word: str, phones: str, plural: str) -> None:
    (thing,) = things(word)
    known = grammar.with_plurals({word: [phones]}, [thing])
    assert known == {word: [phones], thing.plural: [plural]}
    assert grammar.with_plurals({}, [thing]) == {}
