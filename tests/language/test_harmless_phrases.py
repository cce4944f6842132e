"""Phrases that are harmless although a word in them is refused alone: blue tit, water gun."""

from dataclasses import replace
from pathlib import Path

import pytest

from storybot.config.check import CheckLevel, find_faults
from storybot.config.schema import SafetySettings, Settings
from storybot.language.safety_filter import HARMLESS_LIST, load_filter
from storybot.language.typed_requests import is_allowed, understand_typed

SHIPPED = load_filter()
PHRASES = [line for line in HARMLESS_LIST.read_text("utf-8").splitlines() if line[0] != "#"]


@pytest.mark.parametrize("phrase", PHRASES)
def test_each_phrase_is_needed_and_allowed(phrase: str) -> None:
    assert not replace(SHIPPED, harmless=None).allows(phrase)
    for form in (phrase, phrase.upper(), f"Two {phrase}s!", phrase.replace(" ", "-")):
        assert SHIPPED.allows(form)


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("a blue tit", ["blue tit"]),
        ("tell me a story about killer whales and a boat", ["killer whales", "boat"]),
        ("about a naked mole-rat", ["naked mole-rat"]),
        ("a blood orange that sings", ["blood orange"]),
        ("some ginger beer", ["ginger beer"]),
        ("water guns", ["water guns"]),
    ],
)
def test_they_can_be_asked_for_whole(text: str, things: list[str]) -> None:
    request = understand_typed(text, SHIPPED)
    assert request is not None and [thing.word for thing in request.things] == things
    assert is_allowed(request, text, SHIPPED)


@pytest.mark.parametrize(
    "text",
    [
        "a tit",
        "the killer",
        "the killer whale killed him",
        "a gun in the water",
        "water, gun",
        "naked",
        "blood",
        "a killer whaler",
        "bluetit tit",
        "he shot her blue tit",
        "two boobies",
        "a giant, killer and all",
    ],
)
def test_nothing_else_becomes_harmless(text: str) -> None:
    assert not SHIPPED.allows(text)
    assert not is_allowed(understand_typed(text, SHIPPED), text, SHIPPED)


def test_a_parent_allows_more(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("# the play at school\nToy Gun\n\ncoffin-nail  # a bird\ndead\n")
    safe = load_filter(SafetySettings(allowed_phrases=str(own)))
    assert not SHIPPED.allows("a toy gun") and not SHIPPED.allows("dead leaves are dead")
    assert safe.allows("two toy guns") and safe.allows("dead leaves are dead")
    assert not safe.allows("a gun") and not safe.allows("he killed it")
    assert safe.allows("a blue tit")


def test_a_parents_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = Settings(safety=SafetySettings(allowed_phrases=str(tmp_path / "none")))
    ((key, wrong),) = find_faults(settings, {"safety.allowed_phrases"}, CheckLevel.USE)
    assert key == "safety.allowed_phrases"
    assert "cannot be read" in wrong and wrong.endswith("correct safety: allowed_phrases.")
