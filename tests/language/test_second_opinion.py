"""What follows from two recognisers' answers, in many cases."""

from __future__ import annotations

import pytest

from storybot.language.family import parse, use_family
from storybot.language.listening import ListenFor
from storybot.language.second_opinion import (
    First,
    Opinion,
    Verdict,
    judge,
    worth_a_second_opinion,
)
from storybot.language.second_words import Call, heard_in, tidied, uncounted, ways_to_write
from storybot.language.typed_requests import understand_typed

CALL = "tell me a story"
KEYPHRASE, REQUEST = ListenFor.KEYPHRASE, ListenFor.REQUEST


def sure(text: str) -> First:
    return First(text)


def likely(text: str) -> First:
    return First(text, sure=False, likely=True)


def unsure(text: str) -> First:
    return First(text, sure=False)


CALLED = First("", call_only=True)


@pytest.mark.parametrize(
    ("first", "said", "lead", "verdict", "words"),
    [
        # Both heard the same.
        (sure(f"{CALL} about a cat"), " Tell me a story about a cat.", -0.3, "AS_HEARD", ""),
        (likely(f"{CALL} about a cat"), " Tell me a story about a cat.", -0.3, "OBEY", "a cat"),
        (sure("louder"), " Louder!", -0.2, "AS_HEARD", ""),
        (sure("another one"), " Another one.", 0.0, "AS_HEARD", ""),
        (CALLED, " Tell me a story.", -0.4, "CALL", ""),
        (CALLED, " Tell me a story about...", 2.0, "CALL", ""),
        # Words that the grammar does not know.
        (
            sure(f"{CALL} about a pie"),
            " Tell me a story about a saxophone.",
            25.0,
            "OBEY",
            "saxophone",
        ),
        (CALLED, " Tell me a story about a boy called Tarek.", 19.0, "OBEY", "boy called tarek"),
        (CALLED, " Tell me a story about 2 badgers.", 19.0, "OBEY", "two badgers"),
        (likely(f"{CALL} about a cat"), " Tell me a story about a bat.", 8.0, "OBEY", "bat"),
        (sure(f"{CALL} about a cat"), " Tell me a story about a bat.", 12.0, "OBEY", "bat"),
        (sure(f"{CALL} about a boat"), " Tell me a story about a book.", 5.5, "AS_HEARD", ""),
        (likely(f"{CALL} about a boat"), " Tell me a story about a book.", 5.5, "OBEY", "book"),
        (sure(f"{CALL} about a boat"), " Tell me a story about a book.", 8.0, "OBEY", "book"),
        (sure(f"{CALL} about a seagull"), " Tell me a story about a seable.", 8.0, "AS_HEARD", ""),
        (
            sure(f"{CALL} about knights and lizard"),
            " Tell me a story about an alternative lizard.",
            9.0,
            "AS_HEARD",
            "",
        ),
        (CALLED, " Can you tell me a long story about a badger?", 9.0, "OBEY", "long story"),
        (CALLED, " Tell me a story, a badger.", 9.0, "OBEY", "badger"),
        (
            sure(f"{CALL} about a girl called mia"),
            " Tell me a story about a girl called Priya.",
            3.0,
            "OBEY",
            "priya",
        ),
        # The second misspelt what the first knows.
        (
            sure(f"{CALL} about ostriches"),
            " Tell me a story about past stretches.",
            6.2,
            "AS_HEARD",
            "",
        ),
        (sure(f"{CALL} about a robot"), " Tell me a story about a rowbot.", None, "AS_HEARD", ""),
        (sure(f"{CALL} about a teddy"), " Tell me a story about the study.", 3.7, "AS_HEARD", ""),
        (likely(f"{CALL} about a robot"), " Tell me a story about a rhodot.", 2.0, "OBEY", "robot"),
        (sure("softer"), " Software.", 1.3, "AS_HEARD", ""),
        # Near sounds.
        (sure("louder"), " A letter.", 9.9, "NOTHING", ""),
        (sure("louder"), " A letter.", None, "NOTHING", ""),
        (sure("stop it"), " Drop it.", 8.2, "NOTHING", ""),
        (sure("again"), " Not again.", 8.4, "NOTHING", ""),
        (sure("again"), " Not again.", None, "NOTHING", ""),
        (sure("good night"), " Goodbye.", 11.8, "NOTHING", ""),
        (sure(f"{CALL} with a truck"), " Tell me a story later.", 27.5, "NOTHING", ""),
        (sure(f"{CALL} with a hill"), " Tell me the story of your life.", 42.5, "NOTHING", ""),
        (CALLED, " Tell me a joke.", 12.3, "NOTHING", ""),
        (CALLED, " Sell me a story.", 9.0, "NOTHING", ""),
        (CALLED, " Tell me a story later.", 2.2, "NOTHING", ""),
        (CALLED, " Tell me a story, er.", 1.0, "CALL", ""),
        (sure(f"{CALL} about a cat"), " Can you pass me the salt, please?", 30.0, "NOTHING", ""),
        # Only one of call and thing was heard by both.
        (sure(f"{CALL} about a robot"), " Tell me a story.", 9.0, "ASK", "robot"),
        (likely(f"{CALL} about a robot"), " The robot is here.", 9.0, "ASK", "robot"),
        (sure(f"{CALL} about a robot"), " A story about a robot.", 9.0, "AS_HEARD", ""),
        # A command that was none.
        (sure("again"), " Tell me a story about a badger.", 20.0, "OBEY", "badger"),
        # The call in other words.
        (CALLED, " Tell me your story.", 1.0, "CALL", ""),
        (CALLED, " Told me a story.", 1.0, "CALL", ""),
        (CALLED, " Tele my story", 1.0, "CALL", ""),
        # Silence, noise, and what is made up over them.
        (sure(f"{CALL} about a cat"), "", None, "NOTHING", ""),
        (sure(f"{CALL} about a cat"), " you", 22.0, "NOTHING", ""),
        (sure("louder"), " Thanks for watching!", 17.0, "NOTHING", ""),
        (CALLED, " I'm sorry.", 17.0, "NOTHING", ""),
        (sure(f"{CALL} about a cat"), " . . . .", 17.0, "NOTHING", ""),
        # What the first did not believe.
        (unsure(f"{CALL} about a hat"), " Tell me a story about a cat.", 9.0, "OBEY", "cat"),
        (unsure(f"{CALL} about a hat"), " Tell me a story about a hat.", 0.0, "OBEY", "hat"),
        (unsure(f"{CALL} about a hat"), " Tell me a story.", 9.0, "CALL", ""),
        (unsure(f"{CALL} about a hat"), " Tail me your story about a cat.", 9.0, "NOTHING", ""),
        (unsure("please tell"), " Please sit down.", 11.7, "NOTHING", ""),
        # A story told before.
        (CALLED, " Tell me a story about a dragon again.", 9.0, "OBEY", "dragon again"),
    ],
)
def test_a_request(first: First, said: str, lead: float | None, verdict: str, words: str) -> None:
    opinion = judge(first, said, KEYPHRASE, CALL, lead)
    assert opinion.verdict is Verdict[verdict], opinion
    assert words in opinion.text
    if opinion.verdict is Verdict.AS_HEARD:
        assert opinion.text == first.text


@pytest.mark.parametrize(
    ("first", "said", "lead", "verdict", "words"),
    [
        (sure("a cat"), " Tell me a story, a cat.", -0.3, "OBEY", "a cat"),
        (sure("a cat"), " A cat.", -0.3, "OBEY", "a cat"),
        (sure("a cat"), " Tell me a story, I can't.", 0.6, "AS_HEARD", "a cat"),
        (likely("a cat"), " Tell me a story, I can't.", 0.6, "OBEY", "a cat"),
        (sure("about a dragon"), " Tell me a story about a dreadan", 6.9, "AS_HEARD", "dragon"),
        (
            sure("a firefly and a pie"),
            " Tell me a story, the fire truck.",
            20.0,
            "OBEY",
            "fire truck",
        ),
        (unsure("a knight"), " Tell me a story. My big brother.", 20.0, "OBEY", "my big brother"),
        (unsure("a phone"), " Tell me a story, a boy called Tarik.", 20.0, "OBEY", "tarik"),
        (sure("yes"), " Tell me a story. Yes.", -0.2, "OBEY", "yes"),
        (sure("snow"), " Tell me a story. No.", 5.0, "OBEY", "no"),
        (sure("no"), " Tell me a story. No.", 0.0, "OBEY", "no"),
        (
            likely("a robot"),
            " Tell me a story. I said something else to him.",
            14.0,
            "ASK",
            "robot",
        ),
        (
            unsure("a robot"),
            " Tell me a story. Can you pass me the salt please.",
            30.0,
            "NOTHING",
            "",
        ),
        (
            unsure("a robot"),
            " Tell me a story. We went with the dog and the cat to the sea and it rained on us.",
            30.0,
            "NOTHING",
            "",
        ),
        (sure("a cat"), "", None, "NOTHING", ""),
    ],
)
def test_an_answer(first: First, said: str, lead: float | None, verdict: str, words: str) -> None:
    opinion = judge(first, said, REQUEST, CALL, lead)
    assert opinion.verdict is Verdict[verdict], opinion
    assert words in opinion.text


def test_a_keyphrase_that_is_a_name() -> None:
    name = "hey zorbo"
    for said in ("Hey Zorbo.", "Hey, Sorbo", "hazorbo"):
        assert judge(CALLED, said, KEYPHRASE, name, 3.0) == Opinion(Verdict.CALL), said
    wish = judge(CALLED, "Hey Zorbo, tell me a story about a badger.", KEYPHRASE, name, 20.0)
    assert wish.verdict is Verdict.OBEY and "badger" in wish.text
    assert judge(CALLED, "They saw her go away.", KEYPHRASE, name, 30.0).verdict is Verdict.NOTHING


def test_a_word_of_the_family_is_written_in_any_way() -> None:
    use_family(parse(["Mimi | cat"], "here"))
    try:
        first = sure(f"{CALL} about mimi")
        assert judge(first, "Tell me a story about me me.", KEYPHRASE, CALL, 1.0).text == first.text
    finally:
        use_family(())


def test_who_is_asked() -> None:
    assert worth_a_second_opinion(sure("louder"), KEYPHRASE, CALL)
    assert worth_a_second_opinion(CALLED, KEYPHRASE, CALL)
    assert worth_a_second_opinion(unsure(f"{CALL} about a cat"), KEYPHRASE, CALL)
    assert worth_a_second_opinion(unsure("a cat"), REQUEST, CALL)
    assert not worth_a_second_opinion(unsure("again"), KEYPHRASE, CALL)
    for during_story in (ListenFor.STOP, ListenFor.CORRECTION):
        assert not worth_a_second_opinion(sure("stop"), during_story, CALL)


def test_what_is_obeyed_is_understood_by_the_robot() -> None:
    opinion = judge(CALLED, "Tell me a story, a boy called Tarek.", KEYPHRASE, CALL, 20.0)
    request = understand_typed(opinion.text)
    assert request is not None
    assert [thing.phrase for thing in request.things] == ["a boy called Tarek"]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (" Tell me a story about 3 pigs!", "tell me a story about three pigs"),
        (" Louder. Louder.", "louder"),
        (" Tell me a story about a cat Tell me a story about", "tell me a story about a cat"),
        (" Tell me a story. My brother.", "tell me a story my brother"),
        (" ...", ""),
    ],
)
def test_tidied(said: str, text: str) -> None:
    assert tidied(said) == text


@pytest.mark.parametrize(
    ("text", "call", "rest"),
    [
        ("tell me a story about a cat", Call.SAID, "about a cat"),
        ("please, tell me a funny story", Call.SAID, ""),
        ("read us a story about a cat", Call.SAID, "about a cat"),
        ("told me a story, a cat", Call.ALIKE, "a cat"),
        ("tell me a joke", Call.MISSING, "tell me a joke"),
        ("i have a story to tell", Call.MISSING, "i have a story to tell"),
    ],
)
def test_the_call(text: str, call: Call, rest: str) -> None:
    heard = heard_in(text, CALL)
    assert (heard.call, heard.rest) == (call, rest)


def test_ways_to_write() -> None:
    assert ways_to_write(f"{CALL} about the knight", "") == (
        "Tell me a story about the knight.",
        "Tell me a story about a knight.",
        "tell me a story about the knight",
    )
    assert "Tell me a story. A cat." in ways_to_write("a cat", CALL)
    assert ways_to_write("about a cat", CALL) == ("Tell me a story about a cat.",)
    assert ways_to_write("", CALL) == ()


RUCKS, ROCKS = " Tell me your story about rucks.", " Tell me your story about rocks."


@pytest.mark.parametrize(
    ("first", "said", "lead", "others", "words"),
    [
        # What is on the list is likelier than its misspelling leads.
        (
            CALLED,
            " Tell me a story about theirs.",
            0.4,
            [(" Tell me a story about bears.", 1.9)],
            "bears",
        ),
        (
            sure(f"{CALL} about ducks"),
            RUCKS,
            8.0,
            [(" Tell me a story about rux.", 0.1), (ROCKS, 0.5)],
            "rocks",
        ),
        (
            CALLED,
            " Tell me a story about lemon and your hand.",
            -1.4,
            [
                (" Tell me a story about lemon and the hen.", 0.5),
                (" Tell me a story about lemon and a hen.", 0.3),
            ],
            "a hen",
        ),
        # Too unlikely, shorter, or no better.
        (
            CALLED,
            " Tell me a story about a quokka.",
            9.0,
            [(" Tell me a story about a cook.", 1.3)],
            "quokka",
        ),
        (
            CALLED,
            " Tell me a story about a bicycle pump.",
            9.0,
            [(" Tell me a story about a bicycle.", -0.4)],
            "pump",
        ),
        (
            CALLED,
            " Tell me a story about a badger.",
            9.0,
            [(" Tell me a story about a badge.", 0.4)],
            "badger",
        ),
        # One that is on the list stays.
        (
            CALLED,
            " Tell me a story about a cat.",
            9.0,
            [(" Tell me a story about a hat.", -0.1)],
            "a cat",
        ),
    ],
)
def test_of_its_texts_the_one_with_listed_things(
    first: First, said: str, lead: float, others: list[tuple[str, float]], words: str
) -> None:
    opinion = judge(first, said, KEYPHRASE, CALL, lead, others)
    assert opinion.verdict is Verdict.OBEY and opinion.text.endswith(words), opinion


def test_the_first_is_believed_as_against_the_misspelling() -> None:
    study, daddy = " Tell me a story about the study.", [(" Tell me a story about the daddy.", 0.6)]
    teddy = f"{CALL} about the teddy"
    assert judge(sure(teddy), study, KEYPHRASE, CALL, 1.5, daddy).text == teddy
    assert judge(sure(teddy), study, KEYPHRASE, CALL, 1.7, daddy).text.endswith("daddy")


def test_a_count_may_not_have_been_said() -> None:
    assert uncounted(f"{CALL} about two nurses and a basket please") == (
        f"{CALL} about a nurse and a basket please",
        f"{CALL} about nurses and a basket please",
    )
    assert uncounted(f"{CALL} about a nurse") == () == uncounted("louder") == uncounted(CALL)


def test_a_listed_thing_that_sounds_like_it() -> None:
    rucks, rocks = " Tell me a story about rucks.", [("Tell me a story about rocks.", 0.5)]
    trucks = sure(f"{CALL} about trucks")
    assert judge(trucks, rucks, KEYPHRASE, CALL, 3.2, rocks).text.endswith("rocks")
    meal, mail = " Tell me a story about the meal box.", "Tell me a story about the mailbox."
    assert judge(CALLED, meal, KEYPHRASE, CALL, 9.0, [(mail, 3.3)]).text.endswith("mailbox")
    assert judge(CALLED, meal, KEYPHRASE, CALL, 9.0, [(mail, 4.3)]).text.endswith("meal box")


def test_a_pronoun_is_no_thing() -> None:
    said, bears = " Tell me a story about theirs.", " Tell me a story about bears."
    assert judge(CALLED, said, KEYPHRASE, CALL, 1.6, [(bears, 2.6)]) == Opinion(Verdict.CALL)
    assert judge(CALLED, said, KEYPHRASE, CALL, 1.6, [(bears, 2.4)]).text.endswith("bears")


def test_others_make_no_wish_of_what_is_none() -> None:
    ladder = [(" Tell me a story, ladder.", 0.5)]
    assert judge(CALLED, " Tell me a story later.", KEYPHRASE, CALL, 9.0, ladder).verdict is (
        Verdict.NOTHING
    )
    study = judge(sure("a teddy"), " The study.", REQUEST, CALL, 6.0, [(" The teddy.", 1.0)])
    assert study == Opinion(Verdict.OBEY, "the teddy")
