"""PocketSphinx's dictionary and model definition, reduced to the words that are listened for."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pocketsphinx import Config, Decoder, get_model_path

from storybot.errors import Exit, StorybotError
from storybot.hearing.recognisers.pocketsphinx.file_cache import cached_file, remove_files

FILE_FORMAT = 3  # to be raised when reduce_model.py makes other files of the same words
FILE_PREFIX = "words"
ACOUSTIC_MODEL = "en-us/en-us"
FULL_DICTIONARY = "en-us/cmudict-en-us.dict"
FULL_DEFINITION = "en-us/en-us/mdef"
MAKER_MODULE = "storybot.hearing.recognisers.pocketsphinx.reduce_model"


@dataclass(frozen=True)
class ReducedModel:
    """The files for some words, made at first use and cached."""

    dictionary: Path  # 20 MB of memory less than the full one, and a second less to read
    definition: Path  # 3 MB less

    @property
    def crashes(self) -> Path:
        """The file that counts crashes: PocketSphinx ends the process over a bad definition."""
        return self.definition.with_suffix(".crashes")

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
        """Remove them; they are made again at the next start."""
        remove_files((self.dictionary, self.definition))


def prepare_reduced_model(
    cache: Path, words: Iterable[str], full: bool = False, given: Mapping[str, str] = {}
) -> ReducedModel:
    """The files from the cache; where they are not complete, another process makes them.

    `given` are pronunciations ("M IY M IY") that hold in place of the dictionary's.
    Making them takes 29 MB, which the recogniser process must not keep. With `full`, or where
    PocketSphinx crashes with the reduced definition, the full one is used. StorybotError:
    Exit.CONFIG for a word that the dictionary lacks; Exit.FAULT where the files cannot be stored.
    """
    listed = " ".join(sorted(_listed(word, given) for word in words))
    if files := _cached(cache, listed):
        return files
    _make(cache, listed, full)
    if files := _cached(cache, listed):
        return files
    raise StorybotError(f"the recogniser's files in {cache} do not stay whole; is the disk sound?")


def _listed(word: str, given: Mapping[str, str]) -> str:
    """ "cat", or "mimi=M_IY_M_IY" where the pronunciation is given."""
    return f"{word}={given[word].replace(' ', '_')}" if word in given else word


def listed_words(listed: str) -> tuple[list[str], dict[str, list[str]]]:
    """The words of such a list, and the pronunciations that it gives."""
    entries = [entry.partition("=") for entry in listed.split()]
    given = {word: [sounds.replace("_", " ")] for word, _, sounds in entries if sounds}
    return [word for word, _, _ in entries], given


def _make(cache: Path, listed: str, full: bool) -> None:
    import subprocess  # 0.4 MB that is used once

    from storybot.system.python_child import python_command

    command = python_command(MAKER_MODULE, str(cache), *["full"] * full)
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
    """File names, which depend on the words, on the full files, and on FILE_FORMAT."""
    states = [(str(full), full.stat()) for full in (full_dictionary(), full_definition())]
    sources = (f"{f} {s.st_size} {s.st_mtime_ns}" for f, s in states)
    key = " ".join((str(FILE_FORMAT), *sources, listed))
    name = f"{FILE_PREFIX}-{zlib.crc32(key.encode()):08x}"
    return f"{name}.dict", f"{name}.mdef"


def full_dictionary() -> Path:
    return Path(get_model_path(FULL_DICTIONARY))


def full_definition() -> Path:
    return Path(get_model_path(FULL_DEFINITION))
