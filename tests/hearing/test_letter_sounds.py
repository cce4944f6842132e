"""Words that the dictionary lacks: spoken as espeak-ng reads them, in the dictionary's phones."""

import shutil
import subprocess
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.recognisers.pocketsphinx.dictionary import pronunciations_of
from storybot.hearing.recognisers.pocketsphinx.letter_sounds import arpabet, letter_sounds
from storybot.hearing.recognisers.pocketsphinx.reduced_model import full_dictionary
from storybot.hearing.recordings import hear_wav


@pytest.mark.parametrize(
    ("ipa", "phones"),
    [
        ("stˈoːɹibˌɑːt", "S T AO R IY B AA T"),
        ("tʃˈuːbækə", "CH UW B AE K AH"),
        ("dʒˈʌdʒ", "JH AH JH"),
        ("bˈʌʔn̩", "B AH T AH N"),
        ("kjˈʊɹɹiəs", "K Y UH R IY AH S"),
        ("ˈɑːɹ tˈuː", "AA R T UW"),
        ("", None),
        ("ǃ", None),  # a click
    ],
)
def test_ipa_as_arpabet(ipa: str, phones: str | None) -> None:
    assert arpabet(ipa) == phones


def test_phones_are_those_of_the_dictionary() -> None:
    known = {
        phone
        for line in full_dictionary().read_text("utf-8").splitlines()
        for phone in line.split()[1:]
    }
    words = {"storybot", "quokka", "chewbacca", "zoë", "größe", "r2d2", "fjord", "jarvis", "bluey"}
    found = letter_sounds(words)
    assert found.keys() == words
    assert {phone for ways in found.values() for one in ways for phone in one.split()} <= known


def test_most_dictionary_words_come_out_as_the_dictionary_has_them() -> None:
    """The map is right where both know a word: of common words most sounds agree."""
    words = {"robot", "story", "cat", "dragon", "princess", "house", "rabbit", "tiger", "jungle"}
    known, read = pronunciations_of(words, full_dictionary()), letter_sounds(words)
    for word in words:
        best = min(
            sum(a != b for a, b in zip(one.split(), read[word][0].split(), strict=False))
            + abs(len(one.split()) - len(read[word][0].split()))
            for one in known[word]
        )
        assert best <= 2, (word, known[word], read[word])


def test_what_nobody_can_read_is_refused() -> None:
    with pytest.raises(StorybotError, match="does not know how to speak: кот") as caught:
        pronunciations_of({"hey", "кот"}, full_dictionary())
    assert caught.value.code == Exit.CONFIG


@pytest.mark.parametrize("name", ["storybot", "chewbacca"])
def test_a_made_up_name_is_heard(tmp_path: Path, name: str) -> None:
    said, wav = f"hey {name} tell me a story about a cat", tmp_path / "said.wav"
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    subprocess.run(["flite", "-voice", "rms", "-t", said, "-o", wav], check=True)
    settings = HearingSettings(keyphrase=f"hey {name}", recogniser="pocketsphinx")
    found = hear_wav(wav, settings)
    assert found is not None and found.text == said
