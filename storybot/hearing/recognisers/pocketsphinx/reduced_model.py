"""PocketSphinx's dictionary and model definition, reduced to what is listened for."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pocketsphinx import Config, Decoder, get_model_path

from storybot.errors import Exit, StorybotError
from storybot.hearing.recognisers.pocketsphinx.file_cache import cached_file, remove_files

FILE_FORMAT = 1  # one more whenever reducing.py makes something else of the same words
FILE_PREFIX = "words"
ACOUSTIC_MODEL = "en-us/en-us"
FULL_DICTIONARY = "en-us/cmudict-en-us.dict"
FULL_DEFINITION = "en-us/en-us/mdef"
MAKER_MODULE = "storybot.hearing.recognisers.pocketsphinx.reduce_model"


@dataclass(frozen=True)
class ReducedModel:
    """The files for some words, made at first use and kept."""

    dictionary: Path  # 20 MB of memory less than the full one, and a second less to read
    definition: Path  # 3 MB less

    @property
    def deaths(self) -> Path:
        """Where is counted who died of them: PocketSphinx ends the process over a bad one."""
        return self.definition.with_suffix(".deaths")

    def decoder(self, **options: float) -> Decoder:
        """RuntimeError where PocketSphinx cannot read them."""
        return Decoder(
            Config(
                hmm=get_model_path(ACOUSTIC_MODEL),
                mdef=str(self.definition),
                dict=str(self.dictionary),
                lm=None,
                loglevel="FATAL",
                **options,
            )
        )

    def forget(self) -> None:
        """They are made anew at the next start."""
        remove_files((self.dictionary, self.definition))


def prepare_reduced_model(cache: Path, words: Iterable[str], full: bool = False) -> ReducedModel:
    """The files from the cache where they are whole, else made by a process of its own.

    That takes 29 MB, which who listens afterwards is not to carry. The definition is the full one
    where that is told, or where the process ended over the reduced one. StorybotError: CONFIG for a
    word that the dictionary does not tell how to speak; where there is no place to keep them.
    """
    listed = " ".join(sorted(words))
    if files := _cached(cache, listed):
        return files
    _make(cache, listed, full)
    if files := _cached(cache, listed):
        return files
    raise StorybotError(f"the recogniser's files in {cache} do not stay whole; is the disk sound?")


def _make(cache: Path, listed: str, full: bool) -> None:
    import subprocess  # 0.4 MB that is used once

    command = [sys.executable, "-m", MAKER_MODULE, str(cache), *["full"] * full]
    try:
        done = subprocess.run(
            command, input=listed, capture_output=True, check=False, encoding="utf-8"
        )
    except OSError as fault:  # no memory or no process left just now
        raise StorybotError(f"the recogniser's files cannot be made ({fault.strerror})") from fault
    if done.returncode and done.returncode != Exit.CONFIG and not full:
        _make(cache, listed, full=True)
    elif done.returncode:
        said = done.stderr.strip().splitlines() or ["the recogniser's files cannot be made"]
        known = done.returncode in list(Exit)
        raise StorybotError(said[-1], Exit(done.returncode) if known else Exit.FAULT)


def _cached(cache: Path, listed: str) -> ReducedModel | None:
    dictionary, definition = (cached_file(cache, name) for name in names(listed))
    return ReducedModel(dictionary, definition) if dictionary and definition else None


def names(listed: str) -> tuple[str, str]:
    """They change with the words, the files that they are cut out of, and the way it is done."""
    states = [(str(full), full.stat()) for full in (full_dictionary(), full_definition())]
    sources = (f"{f} {s.st_size} {s.st_mtime_ns}" for f, s in states)
    key = " ".join((str(FILE_FORMAT), *sources, listed))
    name = f"{FILE_PREFIX}-{zlib.crc32(key.encode()):08x}"
    return f"{name}.dict", f"{name}.mdef"


def full_dictionary() -> Path:
    return Path(get_model_path(FULL_DICTIONARY))


def full_definition() -> Path:
    return Path(get_model_path(FULL_DEFINITION))
