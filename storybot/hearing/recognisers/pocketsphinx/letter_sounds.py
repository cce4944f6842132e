"""How a word that the dictionary lacks is spoken: espeak-ng's phonemes as the dictionary's.

espeak-ng gives the International Phonetic Alphabet, the dictionary of PocketSphinx the 39 ARPAbet
phones of the CMU Pronouncing Dictionary, without stress.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from storybot.errors import StorybotError
from storybot.system import espeak_library

ACCENT = "en-us"  # the model's
# What a word may hold; letters of other scripts espeak-ng would spell by their Unicode names.
_SPEAKABLE = re.compile(r"(?=.*[^\W_])[a-z0-9\u00df-\u00ff'.,!?-]+")
_UNSOUNDED = re.compile(r"[\sˈˌ͡‿.|-]")  # stress, ties and the borders of syllables and words

# Longest first wins: r-coloured vowels and diphthongs before their parts.
_PHONES = {
    **{"tʃ": "CH", "dʒ": "JH", "aʊ": "AW", "aɪ": "AY", "eɪ": "EY", "oʊ": "OW", "əʊ": "OW"},
    **{"ɔɪ": "OY", "ɜː": "ER", "ɜ": "ER", "ɚ": "ER", "ɝ": "ER", "ɛɚ": "EH R", "eə": "EH R"},
    **{"ɪɚ": "IH R", "ʊɚ": "UH R", "əl": "AH L", "n̩": "AH N", "l̩": "AH L", "m̩": "AH M"},
    **{"ɑː": "AA", "ɑ": "AA", "ɒ": "AA", "æ": "AE", "a": "AE", "aː": "AA", "ʌ": "AH", "ə": "AH"},
    **{"ɐ": "AH", "ɔː": "AO", "ɔ": "AO", "oː": "AO", "o": "OW", "ɛ": "EH", "e": "EH", "ɪ": "IH"},
    **{"ᵻ": "IH", "i": "IY", "iː": "IY", "ʊ": "UH", "u": "UW", "uː": "UW", "ɨ": "IH", "y": "UW"},
    **{"b": "B", "d": "D", "ð": "DH", "f": "F", "ɡ": "G", "g": "G", "h": "HH", "ç": "HH"},
    **{"j": "Y", "k": "K", "x": "K", "l": "L", "ɫ": "L", "ɬ": "L", "m": "M", "n": "N", "ɲ": "N Y"},
    **{"ŋ": "NG", "p": "P", "ɹ": "R", "r": "R", "s": "S", "ʃ": "SH", "t": "T", "ʔ": "T"},
    **{"ɾ": "T", "θ": "TH", "v": "V", "w": "W", "ʍ": "W", "z": "Z", "ʒ": "ZH", "ː": ""},
}
_SOUND = re.compile("|".join(sorted(_PHONES, key=len, reverse=True)))


def arpabet(ipa: str) -> str | None:
    """ "stˈoːɹibˌɑːt" as "S T AO R IY B AA T"; None where a sound has no phone (pure)."""
    sounds = _UNSOUNDED.sub("", ipa)
    if not sounds or _SOUND.sub("", sounds):
        return None
    phones = " ".join(_PHONES[sound] for sound in _SOUND.findall(sounds)).split()
    # One phone for two letters that are written twice, as the R of "curious" is.
    return " ".join(phone for phone, _ in groupby(phones))


def letter_sounds(words: Iterable[str]) -> dict[str, list[str]]:
    """A pronunciation for each word that espeak-ng can read; none where it is not installed."""
    try:
        library = espeak_library.load()
        espeak_library.initialise(library)
    except StorybotError:
        return {}
    if not espeak_library.set_voice(library, ACCENT):
        return {}
    read = (word for word in words if _SPEAKABLE.fullmatch(word))
    found = {word: arpabet(espeak_library.phonemes(library, word)) for word in read}
    return {word: [phones] for word, phones in found.items() if phones}
