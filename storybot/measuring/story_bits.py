"""Bits per character: how well a model predicts unseen stories, counted by the engine."""

from __future__ import annotations

import lzma
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from storybot.errors import Exit, StorybotError

_BITS = re.compile(r"^bits per character: ([0-9.]+)$", re.MULTILINE)


def bits_per_character(engine: Path, model: Sequence[str], stories: Path) -> float:
    """Bits per character of `stories` (.txt.xz, split by <|endoftext|>), each scored from BOS.

    `model` is the engine's argument and, for a checkpoint, its -z TOKENIZER. Raises StorybotError
    when the engine fails.
    """
    with tempfile.NamedTemporaryFile(suffix=".txt") as text:
        text.write(lzma.decompress(stories.read_bytes()))
        text.flush()
        command = [str(engine), "eval", model[0], text.name, *model[1:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = _BITS.search(done.stdout)
    if done.returncode != 0 or not found:
        raise StorybotError(f"{model[0]} cannot be scored: {done.stderr.strip()}", Exit.ENGINE)
    return float(found.group(1))
