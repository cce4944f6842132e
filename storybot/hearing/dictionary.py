"""The pronunciations that PocketSphinx needs, in a file that is made once and kept."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Sequence
from pathlib import Path

from pocketsphinx import get_model_path

from storybot.errors import Exit, StorybotError
from storybot.hearing.pronunciations import dictionary_text, parse_dictionary, with_plurals
from storybot.things import Thing

FULL_DICTIONARY = "en-us/cmudict-en-us.dict"
END = ";; "  # a comment; the last line is one, with the CRC of those before it


def reduced_dictionary(cache: Path, words: set[str], things: Sequence[Thing]) -> Path:
    """A dictionary file with these words alone, made at first use and kept in the cache.

    The full one has 135,000 entries: 20 MB of memory more, and a second to read. Raises
    StorybotError(CONFIG) for a word that it does not tell how to speak.
    """
    full = Path(get_model_path(FULL_DICTIONARY))
    state = full.stat()
    key = f"{full} {state.st_size} {state.st_mtime_ns} {' '.join(sorted(words))}"
    name = f"words-{zlib.crc32(key.encode()):08x}.dict"
    if _whole(kept := cache / name):
        return kept
    with full.open(encoding="utf-8") as lines:
        known = with_plurals(parse_dictionary(lines, words), things)
    if strange := sorted(words - known.keys()):
        raise StorybotError(
            f"the recogniser does not know how to speak: {', '.join(strange)}; "
            "choose another hearing.keyphrase",
            Exit.CONFIG,
        )
    return _kept(cache, name, dictionary_text(known))


def _whole(kept: Path) -> bool:
    """Whether the file is there with all of its lines, which a power cut can take."""
    try:
        text = kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    body, end, _ = text.rpartition(END)
    return bool(end) and text == _sealed(body)


def _sealed(text: str) -> str:
    return f"{text}{END}{zlib.crc32(text.encode()):08x}\n"


def _kept(cache: Path, name: str, text: str) -> Path:
    """Writes the file whole or not at all; without a usable cache into the temporary folder."""
    shared = Path(os.environ.get("TMPDIR", "/tmp")) / f"storybot-{os.getuid()}"
    for folder in (cache, shared):
        half = folder / f"{name}.{os.getpid()}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder is shared and not _ours_alone(folder):
                continue
            with half.open("w", encoding="utf-8") as file:
                file.write(_sealed(text))
                file.flush()
                os.fsync(file.fileno())  # or a power cut may leave the name without the lines
            half.replace(folder / name)
        except OSError:
            continue
        return folder / name
    raise StorybotError(
        f"cannot write the recogniser's dictionary into {cache}; set XDG_CACHE_HOME to a folder"
    )


def _ours_alone(folder: Path) -> bool:
    """Whether nobody else put the folder there, or can write into it."""
    state = folder.lstat()
    mine = stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid()
    return mine and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
