"""Reading the TinyStories text files: stories separated by a line <|endoftext|>."""

from __future__ import annotations

import lzma
import sys
from pathlib import Path

SEPARATOR = "<|endoftext|>"


def require_corpus(folder: Path) -> Path:
    """The folder itself, or one clear sentence and exit 1 where the corpus is missing."""
    for name in ("tinystories-train.txt.xz", "tinystories-valid.txt.xz"):
        if not (folder / name).is_file():
            sys.exit(
                f"training: {folder / name} is missing; put the TinyStories text there "
                "or name its folder with --corpus FOLDER (make train CORPUS=FOLDER)"
            )
    return folder


def read_stories(path: Path) -> list[str]:
    """The stories of one .txt.xz file, stripped, without those that hold a broken character."""
    with lzma.open(path, "rt", encoding="utf-8", errors="replace") as file:
        stories = (story.strip() for story in file.read().split(SEPARATOR))
        return [story for story in stories if story and "\ufffd" not in story]
