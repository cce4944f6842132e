"""The pronunciations of the words that are listened for, from PocketSphinx's dictionary."""

from __future__ import annotations

from pathlib import Path

from storybot.errors import Exit, StorybotError
from storybot.hearing.recognisers.pocketsphinx.pronunciations import (
    Pronunciations,
    parse_dictionary,
    with_merged_vowel,
    with_plurals,
    without_homophones,
)
from storybot.language.things import load_things


def pronunciations_of(words: set[str], full: Path) -> Pronunciations:
    """The pronunciations of these words in the full dictionary (135,000 entries).

    A word that it lacks is read as espeak-ng reads it. Raises StorybotError(CONFIG) for a word
    that neither tells how to speak.
    """
    with full.open(encoding="utf-8") as lines:
        found = with_plurals(parse_dictionary(lines, words), load_things())
    if lacking := sorted(words - found.keys()):
        from storybot.hearing.recognisers.pocketsphinx.letter_sounds import letter_sounds

        found |= letter_sounds(lacking)
    if strange := sorted(words - found.keys()):
        raise StorybotError(
            f"the recogniser does not know how to speak: {', '.join(strange)}; "
            "choose another hearing.keyphrase, or give its sounds with `storybot words add`",
            Exit.CONFIG,
        )
    listed = [word for thing in load_things() for word in thing.forms if word in words]
    return without_homophones(with_merged_vowel({word: found[word] for word in words}), listed)
