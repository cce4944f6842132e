"""PocketSphinx's dictionary and model definition, reduced to what is listened for."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pocketsphinx import get_model_path

from storybot.errors import Exit, StorybotError
from storybot.hearing.kept_files import kept

FULL_DICTIONARY = "en-us/cmudict-en-us.dict"
FULL_DEFINITION = "en-us/en-us/mdef"
MAKER = "storybot.hearing.reducing"


@dataclass(frozen=True)
class Reduced:
    """The files for some words, made at first use and kept."""

    dictionary: Path  # 20 MB of memory less than the full one, and a second less to read
    definition: Path  # 3 MB less

    def forget(self) -> None:
        """They are made anew at the next start."""
        for file in (self.dictionary, self.definition):
            file.unlink(missing_ok=True)


def reduced(cache: Path, words: Iterable[str]) -> Reduced:
    """The files from the cache where they are whole, else made by a process of its own.

    That takes 29 MB, which who listens afterwards is not to carry. StorybotError: CONFIG for a
    word that the dictionary does not tell how to speak; where there is no place to keep them.
    """
    listed = " ".join(sorted(words))
    if files := _kept(cache, listed):
        return files
    _made(cache, listed)
    if files := _kept(cache, listed):
        return files
    raise StorybotError(f"the recogniser's files in {cache} do not stay whole; is the disk sound?")


def _made(cache: Path, listed: str) -> None:
    import subprocess  # 0.4 MB that is used once

    command = [sys.executable, "-m", MAKER, str(cache)]
    try:
        done = subprocess.run(
            command, input=listed, capture_output=True, check=False, encoding="utf-8"
        )
    except OSError as fault:  # no memory or no process left just now
        raise StorybotError(f"the recogniser's files cannot be made ({fault.strerror})") from fault
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["the recogniser's files cannot be made"]
        known = done.returncode in list(Exit)
        raise StorybotError(said[-1], Exit(done.returncode) if known else Exit.FAULT)


def _kept(cache: Path, listed: str) -> Reduced | None:
    dictionary, definition = (kept(cache, name) for name in names(listed))
    return Reduced(dictionary, definition) if dictionary and definition else None


def names(listed: str) -> tuple[str, str]:
    """They change with the words, and with the files that they are cut out of."""
    states = [(str(full), full.stat()) for full in (full_dictionary(), full_definition())]
    key = " ".join((*(f"{f} {s.st_size} {s.st_mtime_ns}" for f, s in states), listed))
    name = f"words-{zlib.crc32(key.encode()):08x}"
    return f"{name}.dict", f"{name}.mdef"


def full_dictionary() -> Path:
    return Path(get_model_path(FULL_DICTIONARY))


def full_definition() -> Path:
    return Path(get_model_path(FULL_DEFINITION))
