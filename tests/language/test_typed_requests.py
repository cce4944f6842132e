"""What grown-ups type: anything may be asked for, and commands stay commands."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.language.requests import MAX_THINGS, RequestKind, spoken_back
from storybot.language.safety_filter import parse
from storybot.language.typed_requests import is_allowed, understand_typed
from storybot.stories.library import kept_story
from storybot.stories.story_request import new_story_request


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a quokka", "A story about a quokka."),
        ("quokka", "A story about a quokka."),
        ("about quokkas", "A story about some quokkas."),
        ("tell me a story about a fluffy quokka", "A story about a quokka."),
        ("a washing machine", "A story about a washing machine."),
        ("two vacuum cleaners", "A story about two vacuum cleaners."),
        ("a snow plough", "A story about a snow plough."),
        ("a hot water bottle", "A story about a water bottle."),
        ("a big snow", "A story about some snow."),
        ("a talking gizmo", "A story about a gizmo."),
        ("a quokka swimming", "A story about a quokka."),
        ("a quokka stuck in a tree", "A story about a quokka and a tree."),
        ("about flying quokkas", "A story about some quokkas."),
        ("a triceratops", "A story about a triceratops."),
        ("my granny Rosie", "A story about a granny called Rosie."),
        ("a story about being brave at the dentist", "A story about a dentist."),
        ("about skiing", "A story about skiing."),
        ("a purple cat", "A story about a cat."),
        ("a zeppelin, a dog & a bird", "A story about a zeppelin and a dog."),
        ("Jack and the beanstalk", "A story about Jack and a beanstalk."),
        ("a mother-in-law", "A story about a mother-in-law."),
        ("Zebulon's zeppelin", "A story about a zeppelin."),
        ("ein Käsekuchen", "A story about a kasekuchen."),
        ("a quokka that likes to sleep", "A story about a quokka."),
        ("a quokka who is happy", "A story about a quokka."),
        ("a magic key", "A story about a key."),
        (
            "a story about two baby elephants and a pirate ship",
            "A story about two baby elephants and a pirate ship.",
        ),
        ("the cat's hat", "A story about a cat and a hat."),
        ("tell me a dragon story", "A story about a dragon."),
        ("tell me a cat and dog story", "A story about a cat and a dog."),
        ("a magic robot dog", "A story about a dog."),
        ("two robot dogs", "A story about two dogs."),
        ("a robot and a robot dog", "A story about a robot and a dog."),
        ("a dog in the dog house", "A story about a dog and a house."),
        ("mom dad and me", "A story about a mom and a dad."),
        ("cats dogs and rabbits", "A story about a cat and a dog."),
        ("princess Lily", "A story about a princess called Lily."),
        ("tell me a story right now", "A story."),
        ("tell me a story before bed", "A story."),
        ("my dog Lily", "A story about a dog called Lily."),
        ("a story about a quokka who came later", "A story about a quokka."),
        ("a story about a girl called Tomorrow", "A story about a girl called Tomorrow."),
        ("tell me a story tonight", "A story."),
        ("a quokka from the moon", "A story about a quokka and the moon."),
        ("tell me a story about a purple quokka", "A story about a quokka."),
        ("a story about a quokka and a cat", "A story about a quokka and a cat."),
        ("Please, a story about a gnu", "A story about a gnu."),
        ("how about a wombat?", "A story about a wombat."),
        ("purple quokka", "A story about a quokka."),
        ("a story about it", "A story."),
        ("tell me a story", "A story."),
    ],
)
def test_any_noun_can_be_typed(text: str, said: str) -> None:
    request = understand_typed(text)
    assert request is not None and spoken_back(request) == said


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("stop", RequestKind.STOP),
        ("please stop the story", RequestKind.STOP),
        ("again", RequestKind.AGAIN),
        ("another one", RequestKind.ANOTHER),
        ("good night", RequestKind.GOOD_NIGHT),
        ("louder", RequestKind.LOUDER),
    ],
)
def test_commands_stay_commands(text: str, kind: RequestKind) -> None:
    request = understand_typed(text)
    assert request is not None and request.kind is kind


@pytest.mark.parametrize("text", ["", "123", "about", "a", "?", "Кот", "x" * 300])
def test_what_names_nothing(text: str) -> None:
    assert understand_typed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "what time is it",
        "what time is it, robot?",
        "where is the cat",
        "turn off",
        "blah blah",
        "pause",
        "be quiet about it",
        "good morning",
        "sing a song",
        "Tell me a story tomorrow!",
        "later tell me a story",
        "don't tell me a story",
        "I don't want a story about a dragon",
        "could you tell me a story some other time",
    ],
)
def test_what_asks_for_no_story_starts_none(text: str) -> None:
    assert understand_typed(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "a smorrebrod with foreign letters (smørrebrød)",
        "a cœur",
        "a \N{LATIN SMALL LETTER SCRIPT G}un",
        "a qu0kka",
        "a k i t",
        "a story about a кот",
    ],
)
def test_no_piece_of_a_word_is_told_of(text: str) -> None:
    assert understand_typed(text) is None


def test_the_forms_of_a_stranger_are_asked_for_too() -> None:
    request = understand_typed("a wolpertinger")
    assert is_allowed(request, "a wolpertinger", parse(["tingers"], "a list"))
    assert not is_allowed(request, "a wolpertinger", parse(["wolpertingers"], "a list"))


@given(st.text(max_size=80))
def test_anything_typed_is_taken_or_not(text: str) -> None:
    request = understand_typed(text)
    assert request is None or len(request.things) <= MAX_THINGS


def test_the_library_remembers_a_stranger() -> None:
    """ "Another one" after a restart is about the same thing."""
    request = understand_typed("a quokka and some gizmos")
    assert request is not None
    wanted = replace(new_story_request(request.things, 3), recent=())
    story = kept_story(wanted, "Once.", True, time.localtime(0))
    assert json.dumps(story.asked) == '["quokka", "gizmos"]'
    assert story.request() == wanted


@pytest.mark.parametrize(
    "text", ["surprise me", "You choose!", "anything", "whatever you like please", "I don't mind"]
)
def test_who_leaves_the_choice_to_the_box_gets_a_story(text: str) -> None:
    request = understand_typed(text)
    assert request is not None
    assert (request.kind, request.things) == (RequestKind.STORY, ())


def test_what_is_done_or_felt_is_no_thing() -> None:
    assert understand_typed("about losing a tooth") is None
    request = understand_typed("tell me a story about being scared")
    assert request is not None
    assert request.things == ()
