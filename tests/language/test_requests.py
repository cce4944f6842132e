from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.language.requests import Request, RequestKind, spoken_back, understand
from storybot.language.things import find_thing, load_things


def story(*words: str, unknown: tuple[str, ...] = ()) -> Request:
    things = tuple(thing for word in words if (thing := find_thing(word)))
    assert len(things) == len(words)
    return Request(RequestKind.STORY, things, unknown)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("tell me a story", story()),
        ("Please tell me a story, please!", story()),
        ("tell me a story about a cat", story("cat")),
        ("tell me a story about a cat and a boat", story("cat", "boat")),
        ("can you tell me a story about dragons please", story("dragon")),
        ("could you tell us a nice story about mice", story("mouse")),
        ("read me the story about the owl and Lily", story("owl", "Lily")),
        ("tell a story with a princess and a castle", story("princess", "castle")),
        ("I want a story about a robot", story("robot")),
        ("i want to hear a story about robots", story("robot")),
        ("tell me about the moon", story("moon")),
        ("a story about a little dog", story("dog")),
        ("a cat", story("cat")),
        ("cats and dogs", story("cat", "dog")),
        ("about a cat and the cat's boat", story("cat", "boat")),
        ("tell me another story about a frog", story("frog")),
        ("a cat a dog and a fish", story("cat", "dog")),
        ("tell me a story about a carburettor", story(unknown=("carburettor",))),
        ("tell me a story about a cat and a", story("cat")),
        ("tell me a story about dinosaurs and", story("dinosaur")),
    ],
)
def test_stories(text: str, request_: Request) -> None:
    assert understand(text) == request_


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (
            RequestKind.ANOTHER,
            "another one|another story please|one more story|tell me another one",
        ),
        (RequestKind.ANOTHER, "next|i want another story|a different story|more stories"),
        (RequestKind.AGAIN, "again|tell it again|the same story again|one more time please"),
        (RequestKind.AGAIN, "tell me the story again|repeat that|can you tell it again"),
        (RequestKind.STOP, "stop|stop it|please stop|stop the|stop the story|be quiet|enough"),
        (RequestKind.LOUDER, "louder|a bit louder please|speak up|turn it up"),
        (RequestKind.SOFTER, "softer|quieter|not so loud|turn it down|too loud"),
        (RequestKind.GOOD_NIGHT, "good night|goodnight|Good night, robot|go to sleep|sleep well"),
    ],
)
def test_commands(kind: RequestKind, texts: str) -> None:
    for text in texts.split("|"):
        assert understand(text) == Request(kind), text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "please",
        "the cat is sleeping on the sofa",
        "that was a very good story",
        "the story in the newspaper was sad",
        "tell your sister to come here",
        "stop hitting your brother",
        "who left the door open again",
        "tell me a",
        "tell me a story about the",
        "tell me a story later",
        "please tell me a long story tomorrow please",
        "tell me a story another time",
        "tell me a story tomorrow morning mommy",
        "i want no story",
        "[unk] cat [unk]",
        "what time is dinner",
    ],
)
def test_unrelated_and_unfinished_words_are_no_request(text: str) -> None:
    assert understand(text) is None


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    request = understand(text)
    assert request is None or len(request.things) <= 2


@given(st.sampled_from(load_things()))
def test_what_is_said_back_is_understood_as_the_same(thing: object) -> None:
    request = Request(RequestKind.STORY, (thing,))  # type: ignore[arg-type]
    assert understand(spoken_back(request)) == request


def test_every_request_is_said_back() -> None:
    assert spoken_back(story("cat", "boat")) == "A story about a cat and a boat."
    assert spoken_back(story()) == "A story."
    said = {spoken_back(Request(kind)) for kind in RequestKind}
    assert len(said) == len(RequestKind)
