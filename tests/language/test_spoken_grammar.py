from __future__ import annotations

from dataclasses import replace

import pytest

from storybot.language import spoken_grammar
from storybot.language.automaton import END
from storybot.language.phrase_list import phrase_list
from storybot.language.requests import breaks_off, understand
from storybot.language.spoken_grammar import Form, Topics
from storybot.language.things import Thing, find_thing, usual_things
from tests.language.walking import share_of

CALL = "tell me a story"
FORMS = {
    Form.ONE: ("cat", "dog"),
    Form.MANY: ("cats",),
    Form.PROPER: ("moon",),
    Form.NAME: ("noah",),
}
FEW = Topics(FORMS, ("noah",))
CALLS = spoken_grammar.call_sentences(CALL, FEW)
RARE = 1 / 16
USUAL = 15 / 16  # where a style may stand
GOES_ON = 1 - spoken_grammar.BREAKS_OFF  # where a sentence may break off
ENDS, ADDS = 13 / 16, 1 / 8  # no second thing; one with "and"
# One of seven articles or none, no adjective, no name; for a second thing one of nine or none.
ARTICLE = (USUAL - spoken_grammar.BREAKS_OFF) / 8 * 3 / 4 * USUAL
NONE = USUAL / 8 * 3 / 4 * USUAL
SECOND = 8 / 10 * USUAL / (USUAL - spoken_grammar.BREAKS_OFF)
ONE = ARTICLE / 2  # "a cat": one of two
ANY, BARE = ARTICLE / 4, NONE / 5  # "the cat", "cat": one of four, one of five
ANSWERS = spoken_grammar.answer_sentences(CALL, FEW)
CALLED = USUAL * GOES_ON
ALONE = 1 / 2 - 1 / 16  # no wish follows, nor "later"


def things(*words: str) -> list[Thing]:
    return [thing for word in words if (thing := find_thing(word))]


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("tell me a story", CALLED / 4 * ALONE / 2),
        ("can you tell me a story please", CALLED / 2 / 6 * ALONE / 2),
        ("tell me a story later", CALLED / 4 / 16 / 5 / 2),
        ("tell me a story about a cat", CALLED / 4 / 4 * ONE * ENDS / 2),
        (
            "please tell me a story about cats and the dog please",
            CALLED / 2 / 6 / 4 * BARE * ADDS * ANY * SECOND * ENDS / 2,
        ),
        ("another one", 1 / 2 / 14),
        ("go on", 1 / 2 / 14),
    ],
)
def test_calls_with_the_shares_of_a_grammar_of_their_alternatives(
    sentence: str, share: float
) -> None:
    assert share_of(CALLS, sentence) == pytest.approx(share)


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("cat", 1 / 2 / 4 * BARE * ENDS / 2),
        ("about a cat", 1 / 2 * 3 / 32 * GOES_ON / 2 * ONE * ENDS / 2),
        (
            "a story about a dog and a cat please",
            1 / 2 * 3 / 32 * GOES_ON / 2 * ONE * ADDS * ONE * SECOND * ENDS / 2,
        ),
        ("tell me a story with the cats", 1 / 2 * USUAL * 3 / 32 * GOES_ON / 2 * ANY * ENDS / 2),
        ("stop it", 1 / 2 / 2 / 19),
        ("tell me a story louder", 1 / 2 * USUAL / 2 / 19),
    ],
)
def test_answers_with_the_shares_of_a_grammar_of_their_alternatives(
    sentence: str, share: float
) -> None:
    assert share_of(ANSWERS, sentence) == pytest.approx(share)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "please",
        "about a cat",
        "tell me a story about a the cat",
        "tell me a story about a cats",
        "tell me a story about two dog",
        "tell me a story about the noah",
        "tell me a story about a little noah",
        "tell me a story about a cat later",
        "tell me a story about a bird",
        "tell me a story stop",
        "tell it",
        "another",
    ],
)
def test_what_is_no_call(sentence: str) -> None:
    assert share_of(CALLS, sentence) == 0


@pytest.mark.parametrize(
    "sentence",
    [
        "tell",
        "tell me a",
        "please tell me a story about",
        "tell me a story about the",
        "tell me a story about a",
        "tell me a story about a big",
    ],
)
def test_a_call_may_break_off(sentence: str) -> None:
    assert 0 < share_of(CALLS, sentence) < share_of(CALLS, "tell me a story") / 10
    assert breaks_off(sentence, CALL)


@pytest.mark.parametrize("sentence", ["about", "a", "a big", "about the"])
def test_an_answer_may_break_off(sentence: str) -> None:
    assert share_of(ANSWERS, sentence) > 0
    assert breaks_off(sentence, CALL)


@pytest.mark.parametrize(
    "sentence",
    [
        "tell me a story",
        "tell me a story about a cat",
        "please",
        "again",
        "a big cat",
        "good night",
    ],
)
def test_what_is_whole_is_not_waited_for(sentence: str) -> None:
    assert not breaks_off(sentence, CALL)


@pytest.mark.parametrize("sentence", ["tell me a story", "can you tell", "please tell me a story"])
def test_what_begins_as_a_call(sentence: str) -> None:
    assert spoken_grammar.begins_as_call(sentence, CALL)


@pytest.mark.parametrize("sentence", ["good night", "tell it again", "please stop", "louder"])
def test_commands_do_not(sentence: str) -> None:
    assert not spoken_grammar.begins_as_call(sentence, CALL)


def test_answers_that_ask_for_nothing() -> None:
    assert all(share_of(ANSWERS, said) > 0 for said in spoken_grammar.NO_ANSWERS)
    assert all(understand(said) is None for said in spoken_grammar.NO_ANSWERS)


@pytest.mark.parametrize("sentence", ["", "tell me a story", "a story", "about stop"])
def test_what_is_no_answer(sentence: str) -> None:
    assert share_of(ANSWERS, sentence) == 0


def test_a_name_as_keyphrase_can_be_followed_by_the_question() -> None:
    named = spoken_grammar.call_sentences("hey robot", Topics({Form.ONE: ("cat",)}, ()))
    for sentence in ("hey robot", "hey robot tell me a story about a cat", "hey robot about cat"):
        assert share_of(named, sentence) > 0
    assert share_of(named, "tell me a story") == 0


def test_during_a_story_there_is_nothing_but_stop() -> None:
    stops = spoken_grammar.stop_sentences()
    assert share_of(stops, "stop it") == share_of(stops, "please stop") == pytest.approx(1 / 9)
    assert all(understand(text) is None for text in spoken_grammar.NO_STOPS)


def test_silence_after_any_last_word_can_end_in_two_states() -> None:
    """Or PocketSphinx scores that word by another measure than the rest."""
    for ways in (CALLS, ANSWERS, spoken_grammar.stop_sentences()):
        assert not [word for _, to, _, word in ways if to == END and word]


def test_a_large_choice_takes_few_states() -> None:
    forms = tuple(f"thing{number}" for number in range(1000))
    many = spoken_grammar.call_sentences(CALL, Topics({Form.ONE: forms}, ()))
    assert max(max(way[:2]) for way in many) < 50
    assert {"tell", "me", "thing999", "about", "louder", "night"} <= spoken_grammar.words_of(many)


def test_forms_are_singular_and_plural_once_and_names_by_themselves() -> None:
    mimi = replace(things("cat")[0], name="Mimi")
    topics = spoken_grammar.topics_of([*things("cat", "sheep", "fire truck", "Lily"), mimi])
    assert topics.forms == {
        Form.ONE: ("cat", "sheep", "fire truck"),
        Form.MANY: ("cats", "sheep", "fire trucks"),
        Form.NAME: ("lily", "mimi"),
    }
    assert topics.names == ("lily", "mimi")


@pytest.mark.parametrize(
    "sentence",
    [
        "tell me a long story about a cat",
        "please tell me a bedtime story",
        "tell me a story about me",
        "tell me a story about a cat called noah and his dog",
        "tell me a story with two cats",
        "tell me a story about the cat again",
    ],
)
def test_wishes_as_children_say_them(sentence: str) -> None:
    assert share_of(CALLS, sentence) > 0
    assert understand(sentence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "something with two cats",
        "a funny story about my dog",
        "the cat story again",
        "the story about the cat again",
        "about me",
        "go on",
    ],
)
def test_wishes_as_answers(sentence: str) -> None:
    assert share_of(ANSWERS, sentence) > 0
    assert understand(sentence) is not None


def test_the_phrases_for_a_recogniser_that_takes_a_list() -> None:
    phrases = phrase_list("tell me a story", usual_things(300))
    assert {"tell me a story", "about an owl", "about lily", "owls", "louder", "and"} <= {*phrases}


def test_of_two_things_each_is_likelier_than_all_others() -> None:
    choice = spoken_grammar.choice_sentences(CALL, FEW, ("cat",))
    assert share_of(choice, "a cat") > 16 * share_of(choice, "a dog") > 0
    for said in (
        "cat",
        "the cat please",
        "the first",
        "the second one",
        "yes",
        "no",
        "stop",
        f"{CALL} about a cat",
    ):
        assert share_of(choice, said) > 0
    assert share_of(choice, "no a cat") == 0
