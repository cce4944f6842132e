from __future__ import annotations

import pytest

from storybot.language import spoken_grammar
from storybot.language.automaton import END
from storybot.language.requests import breaks_off, understand
from storybot.language.things import Thing, find_thing, usual_things
from tests.language.walking import share_of

CALL = "tell me a story"
CALLS = spoken_grammar.call_sentences(CALL, ["cat", "cats", "dog"])
GOES_ON = 1 - spoken_grammar.BREAKS_OFF  # where a sentence may break off
NAMED = GOES_ON / 5 * 3 / 4 / 3  # one of four articles or none, no adjective, one of three things
ONE, AND = NAMED * 7 / 8, NAMED * 1 / 8
CALLED_TWO = AND * GOES_ON * NAMED * 7 / 8
ANSWERED_TWO = AND * NAMED / GOES_ON * 7 / 8  # where the second does not break off
ANSWERS = spoken_grammar.answer_sentences(CALL, ["cat", "cats", "dog"])


def things(*words: str) -> list[Thing]:
    return [thing for word in words if (thing := find_thing(word))]


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("tell me a story", GOES_ON / 2 / 2 / 2 / 2),
        ("can you tell me a story please", GOES_ON / 2 / 6 / 2 / 2),
        ("tell me a story about a cat", GOES_ON / 2 / 2 / 2 * ONE / 2),
        (
            "please tell me a story about cats and the dog please",
            GOES_ON / 2 / 6 / 2 * CALLED_TWO / 2,
        ),
        ("another one", 1 / 2 / 13),
        ("tell it again", 1 / 2 / 13),
    ],
)
def test_calls_with_the_shares_of_a_grammar_of_their_alternatives(
    sentence: str, share: float
) -> None:
    assert share_of(CALLS, sentence) == pytest.approx(share)


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("cat", 1 / 2 / 4 * ONE / 2),
        ("about a cat", 1 / 2 / 8 * GOES_ON * ONE / 2),
        ("a story about a dog and a cat please", 1 / 2 / 8 * GOES_ON * ANSWERED_TWO / 2),
        ("tell me a story about the cats", 1 / 2 / 8 * GOES_ON * ONE / 2),
        ("stop it", 1 / 2 / 2 / 18),
        ("tell me a story louder", 1 / 2 / 2 / 18),
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
        "tell me a story about a",
        "tell me a story about a big",
        "tell me a story about a cat and",
        "tell me a story about a cat and the",
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


@pytest.mark.parametrize("sentence", ["", "tell me a story", "a story", "about stop", "a cat and"])
def test_what_is_no_answer(sentence: str) -> None:
    assert share_of(ANSWERS, sentence) == 0


def test_a_name_as_keyphrase_can_be_followed_by_the_question() -> None:
    named = spoken_grammar.call_sentences("hey robot", ["cat"])
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
    many = spoken_grammar.call_sentences(CALL, [f"thing{number}" for number in range(1000)])
    assert max(max(way[:2]) for way in many) < 30
    assert {"tell", "me", "thing999", "about", "louder", "night"} <= spoken_grammar.words_of(many)


def test_spoken_forms_are_singular_and_plural_once() -> None:
    forms = spoken_grammar.spoken_forms(things("cat", "sheep", "Lily"))
    assert forms == ["cat", "cats", "sheep", "lily"]


def test_the_phrases_for_a_recogniser_that_takes_a_list() -> None:
    phrases = spoken_grammar.phrase_list("tell me a story", usual_things(300))
    assert {"tell me a story", "about an owl", "about lily", "owls", "louder", "and"} <= {*phrases}
