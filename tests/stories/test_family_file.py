from __future__ import annotations

import os
from pathlib import Path

import pytest

from storybot.errors import StorybotError
from storybot.language.family import FamilyWord
from storybot.language.safety_filter import Filter, parse
from storybot.stories.family_file import FamilyFile, allowed_word


def test_words_come_and_go_and_comments_stay(tmp_path: Path) -> None:
    file = FamilyFile("", tmp_path / "state")
    assert file.words() == ()
    file.add(FamilyWord("Mimi", "cat"))
    file.path.write_text(file.path.read_text() + "# our own note\nOma\n")
    file.add(FamilyWord("mimi", "dog", "M IY M IY"))
    assert file.words() == (FamilyWord("Oma"), FamilyWord("mimi", "dog", "M IY M IY"))
    assert "# our own note" in file.path.read_text()
    file.remove("MIMI")
    assert file.words() == (FamilyWord("Oma"),)
    with pytest.raises(StorybotError, match='"Mimi" is no word of the family'):
        file.remove("Mimi")


def test_what_cannot_be_written_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        tmp_path.joinpath("file").write_text("")
        with pytest.raises(StorybotError, match=r"cannot be (read|written)"):
            FamilyFile(str(tmp_path / "file" / "words.txt")).add(FamilyWord("Mimi"))
        return
    file = FamilyFile(str(tmp_path / "words.txt"))
    file.add(FamilyWord("Mimi"))
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorybotError, match="check who may write"):
            file.add(FamilyWord("Oma"))
    finally:
        tmp_path.chmod(0o700)
    assert file.words() == (FamilyWord("Mimi"),)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(StorybotError, match=str(path)):
        FamilyFile(str(path)).words()


def test_what_is_added_is_sound_and_safe() -> None:
    assert allowed_word("Mimi", "Cat", "m iy m iy", Filter()) == FamilyWord(
        "Mimi", "cat", "M IY M IY"
    )
    with pytest.raises(StorybotError, match=r"refuses .Gunny.*allowed_phrases"):
        allowed_word("Gunny", "", "", parse(["gunny"], "x"))
    for bad in (("Mimi|cat", "", ""), ("Mimi", "blorb", ""), ("Mimi", "", "Q")):
        with pytest.raises(StorybotError):
            allowed_word(*bad, Filter())
