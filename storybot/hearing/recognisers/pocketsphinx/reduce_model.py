"""Makes the recogniser's reduced files: `python -m ...reduce_model CACHE [full] < WORDS`.

With "full" only the dictionary is reduced. PocketSphinx ends the process over some bad
definitions, so the files are loaded here before they are stored for the recogniser process.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from storybot.errors import Exit, StorybotError
from storybot.hearing.recognisers.pocketsphinx.dictionary import pronunciations_of
from storybot.hearing.recognisers.pocketsphinx.file_cache import remove_other_files, store_files
from storybot.hearing.recognisers.pocketsphinx.model_definition import ModelDefinition
from storybot.hearing.recognisers.pocketsphinx.pronunciations import Pronunciations, dictionary_text
from storybot.hearing.recognisers.pocketsphinx.reduced_model import (
    FILE_PREFIX,
    ReducedModel,
    full_definition,
    full_dictionary,
    listed_words,
    names,
)


def make(cache: Path, listed: str, full: bool = False) -> None:
    """Both files for these words, or StorybotError."""
    dictionary, definition = names(listed)
    words, given = listed_words(listed)
    spoken = {**pronunciations_of({*words} - {*given}, full_dictionary()), **given}
    model = full_definition().read_bytes()
    made = {
        dictionary: dictionary_text(spoken).encode(),
        definition: model if full else reduced_definition(model, spoken),
    }
    del model  # 3 MB
    store_files(cache, made, lambda *files: load(ReducedModel(*files), words))
    remove_other_files(cache, FILE_PREFIX, Path(definition).stem)


def load(files: ReducedModel, words: Sequence[str]) -> None:
    """Load the files with a grammar of every word after every other; RuntimeError if it fails."""
    decoder = files.decoder()
    said = [(0, 0, 1 / len(words), word) for word in words]
    decoder.add_fsg(FILE_PREFIX, decoder.create_fsg(FILE_PREFIX, 0, 1, [*said, (0, 1, 1.0)]))


def reduced_definition(full: bytes, spoken: Pronunciations) -> bytes:
    """The definition reduced to these words; the full one where its format is not known."""
    try:
        definition = ModelDefinition(full)
    except ValueError:
        return full
    return definition.reduced(phones for ways in spoken.values() for phones in ways)


def main() -> int:
    try:
        make(Path(sys.argv[1]), sys.stdin.read(), full="full" in sys.argv[2:])
    except StorybotError as fault:
        print(fault, file=sys.stderr)
        return fault.code
    except RuntimeError as fault:
        print(f"the recogniser cannot load what was made for it ({fault})", file=sys.stderr)
        return Exit.FAULT
    return 0


if __name__ == "__main__":
    sys.exit(main())
