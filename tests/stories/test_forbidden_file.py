"""The family's forbidden words: what the box needs stays allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from storybot.config.schema import SafetySettings
from storybot.errors import StorybotError
from storybot.language.replies import Reply
from storybot.language.request_patterns import STYLES
from storybot.language.safety_filter import Filter
from storybot.stories.forbidden_file import ForbiddenFile, household_filter

KEYPHRASE = "tell me a story"
NEEDED_WORDS = (
    "tell", "me", "about", "to", "in", "he", "one", "said", "story", "the", "stop", "good night",
    "sai", "lovely", "ask me", "Stories", "tell me", *STYLES,
)  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> ForbiddenFile:
    return ForbiddenFile(state=tmp_path)


@pytest.mark.parametrize("word", NEEDED_WORDS)
def test_what_the_box_needs_cannot_be_forbidden(file: ForbiddenFile, word: str) -> None:
    with pytest.raises(StorybotError, match="cannot be forbidden: requests and nearly every"):
        file.add(word, KEYPHRASE)
    assert file.words() == []


def test_nor_the_keyphrase_of_this_box(file: ForbiddenFile) -> None:
    with pytest.raises(StorybotError, match="cannot be forbidden"):
        file.add("robot", "hello robot")
    file.add("robot", KEYPHRASE)
    assert file.words() == ["robot"]


def test_things_can_be_forbidden(file: ForbiddenFile, tmp_path: Path) -> None:
    """Also the cat of the box's own example; requests and replies go on."""
    for word in ("cat", "spider", "ghost", "the tooth fairy"):
        file.add(word, KEYPHRASE)
    allowed: Filter = household_filter(SafetySettings(), tmp_path)
    assert not allowed.allows("tell me a story about a cat")
    for text in (KEYPHRASE, "tell me a story about a dog", "He said to me: one in the house."):
        assert allowed.allows(text), text
    assert all(allowed.allows(reply.value) for reply in Reply if reply is not Reply.NOT_CAUGHT)
