"""English nouns: indefinite article and plural (pure)."""

from __future__ import annotations

import re

# Where sound and spelling differ, matched from the beginning of a word.
_VOWEL_SOUND = re.compile("h(?:our|eir|onest|onou?r)|[fhlmnrsx]-")
_CONSONANT_SOUND = re.compile("u-|u[cfgkrstv][aeiou]|uni(?!n|m)|eu|ew|one|once")


def indefinite_article(word: str) -> str:
    """ "a" or "an" by sound: an owl, a unicorn, an hour, a ufo, an x-ray."""
    if _VOWEL_SOUND.match(word):
        return "an"
    return "an" if word[0] in "aeiou" and not _CONSONANT_SOUND.match(word) else "a"


def regular_plural(word: str) -> str:
    """The plural by the rules of spelling: foxes, ponies, cats."""
    if re.search("(s|x|z|ch|sh)$", word):
        return word + "es"
    if re.search("[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def looks_plural(word: str) -> bool:
    """Whether an unknown word ends as plurals do: "gizmos", not "glass", "bus" or "iris"."""
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))
