from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from training.corpus import read_stories, require_corpus


def test_stories_are_split_stripped_and_broken_ones_left_out(tmp_path: Path) -> None:
    path = tmp_path / "some.txt.xz"
    path.write_bytes(lzma.compress(b"One.\nTwo.\n<|endoftext|>\nbad \xff\n<|endoftext|>\nThree.\n"))
    assert read_stories(path) == ["One.\nTwo.", "Three."]


def test_a_missing_corpus_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as told:
        require_corpus(tmp_path)
    assert "tinystories-train.txt.xz is missing" in str(told.value)
    assert "CORPUS=" in str(told.value)
