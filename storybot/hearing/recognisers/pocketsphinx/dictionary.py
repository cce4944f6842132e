"""The pronunciations that PocketSphinx needs for its sentences, cut out of its dictionary."""

from __future__ import annotations

from pathlib import Path

from storybot.errors import Exit, StorybotError
from storybot.hearing.recognisers.pocketsphinx.pronunciations import (
    Pronunciations,
    parse_dictionary,
    with_plurals,
)
from storybot.language.things import load_things


def pronunciations_of(words: set[str], full: Path) -> Pronunciations:
    """How these words are spoken, by the full dictionary with its 135,000 entries.

    Raises StorybotError(CONFIG) for a word that it does not tell how to speak.
    """
    with full.open(encoding="utf-8") as lines:
        found = with_plurals(parse_dictionary(lines, words), load_things())
    if strange := sorted(words - found.keys()):
        raise StorybotError(
            f"the recogniser does not know how to speak: {', '.join(strange)}; "
            "choose another hearing.keyphrase",
            Exit.CONFIG,
        )
    return {word: found[word] for word in words}
