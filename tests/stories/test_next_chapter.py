from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from storybot.config.schema import LibrarySettings, TellingSettings
from storybot.language.requests import Style, understand
from storybot.stories.library import Library, kept_story
from storybot.stories.story_request import StoryRequest, new_story_request, next_chapter

NOW = time.localtime(0)


def asked(words: str, seed: int = 5) -> StoryRequest:
    request = understand(words)
    assert request is not None
    return new_story_request(request.things, seed, style=request.style)


def test_the_style_goes_before_the_settings() -> None:
    long = asked("tell me a long bedtime story about a cat")
    assert (long.title, long.length, long.calm) == (
        "A long bedtime story about a cat.",
        "long",
        True,
    )
    funny = new_story_request((), 3, TellingSettings(length="middle"), style=Style("", "funny"))
    assert (funny.length, funny.funny, funny.calm) == ("middle", True, False)


def test_the_next_chapter_is_another_story_with_the_same_heroes() -> None:
    first = asked("a story about a boy called noah and his digger")
    second = next_chapter(first)
    third = next_chapter(second)
    assert (first.part, second.part, third.part) == (0, 1, 2)
    assert second.things == first.things and second.seed == first.seed
    assert second.title == third.title == "More about Noah and the digger."
    assert second.opening == "The next day, Noah thought of the digger. Noah"
    assert next_chapter(asked("a story about lily")).opening == (
        "The next day, Lily woke up early. She"
    )


def test_all_of_it_is_kept(tmp_path: Path) -> None:
    shelf = Library(LibrarySettings(folder=str(tmp_path)))
    wanted = replace(
        next_chapter(asked("a long funny story about two brothers and a fire truck")),
        recent=("the big box",),
    )
    kept = shelf.save(kept_story(wanted, "The next day.", True, NOW))
    assert shelf.get(kept.number).request() == wanted
    assert kept.asked == ("two brothers", "fire truck")


def test_the_last_story_about_something(tmp_path: Path) -> None:
    shelf = Library(LibrarySettings(folder=str(tmp_path)))
    for words, whole in (("a dragon", True), ("two dragons and a cat", True), ("a cat", False)):
        shelf.save(kept_story(asked(words), f"About {words}.", whole, NOW))

    def last(words: str) -> str:
        request = understand(words)
        assert request is not None
        kept = shelf.last_about(request.things)
        return "" if kept is None else kept.text

    assert last("the dragon story again") == "About two dragons and a cat."
    assert last("the cat story again") == "About two dragons and a cat."  # the other was cut short
    assert last("the story about a cat and a dragon again") == "About two dragons and a cat."
    assert last("the whale story again") == ""
