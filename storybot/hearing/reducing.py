"""Makes the recogniser's reduced files: `python -m storybot.hearing.reducing CACHE < WORDS`."""

from __future__ import annotations

import sys
from pathlib import Path

from storybot.errors import StorybotError
from storybot.hearing.dictionary import pronunciations_of
from storybot.hearing.kept_files import keep
from storybot.hearing.model_definition import ModelDefinition
from storybot.hearing.pronunciations import Pronunciations, dictionary_text
from storybot.hearing.reduced import full_definition, full_dictionary, names


def make(cache: Path, listed: str) -> None:
    """Both files for these words, or StorybotError."""
    dictionary, definition = names(listed)
    spoken = pronunciations_of(set(listed.split()), full_dictionary())
    keep(cache, definition, reduced_definition(full_definition().read_bytes(), spoken))
    keep(cache, dictionary, dictionary_text(spoken).encode())


def reduced_definition(full: bytes, spoken: Pronunciations) -> bytes:
    """Of a model in another format than the known one the full one."""
    try:
        definition = ModelDefinition(full)
    except ValueError:
        return full
    return definition.reduced(phones for ways in spoken.values() for phones in ways)


def main() -> int:
    try:
        make(Path(sys.argv[1]), sys.stdin.read())
    except StorybotError as fault:
        print(fault, file=sys.stderr)
        return fault.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
