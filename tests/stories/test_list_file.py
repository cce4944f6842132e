"""Lists of words: in the state folder or where the settings name one."""

from __future__ import annotations

from pathlib import Path

import pytest

from storybot.errors import StorybotError
from storybot.language.family import FamilyWord
from storybot.stories.family_file import FamilyFile
from storybot.stories.forbidden_file import ForbiddenFile

MIMI = FamilyWord("Mimi", "cat")
KEYPHRASE = "tell me a story"


def test_the_boxs_own_lists_are_removed(tmp_path: Path) -> None:
    """With what a power cut left."""
    family, forbidden = FamilyFile(state=tmp_path), ForbiddenFile(state=tmp_path)
    family.add(MIMI)
    forbidden.add("spider", KEYPHRASE)
    (tmp_path / "family-words.txt.unfinished").write_text("Mim")
    for _ in range(2):
        family.clear()
        forbidden.clear()
        assert list(tmp_path.iterdir()) == []


def test_one_that_lies_elsewhere_is_emptied(tmp_path: Path) -> None:
    """It is whose it is: neither made nor removed."""
    state, there = tmp_path / "state", tmp_path / "there"
    family = FamilyFile(str(there / "family.txt"), state)
    forbidden = ForbiddenFile(str(there / "forbidden.txt"), state)
    family.clear()
    assert not there.exists()
    family.add(MIMI)
    forbidden.add("spider", KEYPHRASE)
    family.clear()
    forbidden.clear()
    assert family.words() == () and forbidden.words() == []
    for path in there.iterdir():
        assert path.read_text().startswith("#"), path


def test_what_cannot_be_removed_is_said(tmp_path: Path) -> None:
    (tmp_path / "forbidden-words.txt").mkdir()
    with pytest.raises(StorybotError, match="forbidden words cannot be removed"):
        ForbiddenFile(state=tmp_path).clear()
