"""The real model's definition, and what PocketSphinx makes of a reduced one."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

pytest.importorskip("pocketsphinx")
from pocketsphinx import Config, Decoder, get_model_path

from storybot.hearing.recognisers.pocketsphinx.dictionary import pronunciations_of
from storybot.hearing.recognisers.pocketsphinx.model_definition import ModelDefinition
from storybot.hearing.recognisers.pocketsphinx.pronunciations import dictionary_text
from storybot.hearing.recognisers.pocketsphinx.reduce_model import reduced_definition
from storybot.hearing.recognisers.pocketsphinx.reduced_model import full_definition, full_dictionary
from storybot.hearing.recognisers.pocketsphinx.triphones import PLACES, asked_for
from storybot.language import spoken_grammar
from storybot.language.automaton import END, START
from storybot.language.things import usual_things
from tests.fakes.recognisers import VOICES, noisy, spoken

QUIET = bytes(8000)
CALLS = spoken_grammar.call_sentences(
    "tell me a story", spoken_grammar.topics_of(usual_things(100))
)
SAID = (
    "tell me a story about a dragon",
    "please tell me a story about elephants and the moon",
    "another one",
    "where did you put my shoes",
)


@pytest.fixture(scope="module")
def full() -> ModelDefinition:
    return ModelDefinition(full_definition().read_bytes())


def test_what_is_asked_for_has_the_same_senones(full: ModelDefinition) -> None:
    ways = ["K AE T", "AH", "D AO G Z"]
    reduced = ModelDefinition(full.reduced(ways))
    asked = asked_for([full.numbered(way) for way in ways], full.numbered("SIL")[0])
    assert len(asked) > 30
    assert all(reduced.senones(triphone) == full.senones(triphone) for triphone in asked)


def test_what_the_full_one_lacks_is_taken_from_the_same_neighbour(full: ModelDefinition) -> None:
    """Noises and places that no triphone was trained for."""
    noise, silence, phone = (full.numbered(name)[0] for name in ("+NSN+", "SIL", "AH"))
    for place in range(PLACES):
        for left, right in product((noise, silence), repeat=2):
            meant = full.senones((place, phone, silence, silence))
            assert full.senones((place, phone, left, right)) == meant
    assert full.senones((0, silence, phone, phone)) == full.senones((1, silence, silence, silence))


def test_it_takes_a_tenth_of_the_place(full: ModelDefinition) -> None:
    spoken_ways = pronunciations_of(spoken_grammar.words_of(CALLS), full_dictionary())
    reduced = reduced_definition(full_definition().read_bytes(), spoken_ways)
    assert len(reduced) < full_definition().stat().st_size / 10


@pytest.mark.parametrize("raw", [b"0.3\n42 n_base\n\0\0", b"BMDF\2\0\0\0\0\0\0\0"])
def test_a_definition_in_another_format_is_left_as_it_is(raw: bytes) -> None:
    assert reduced_definition(raw, {"cat": ["K AE T"]}) == raw


def test_decoding_with_it_is_the_same_to_the_last_score(tmp_path: Path) -> None:
    ways = pronunciations_of(spoken_grammar.words_of(CALLS), full_dictionary())
    dictionary, definition = tmp_path / "words.dict", tmp_path / "words.mdef"
    dictionary.write_text(dictionary_text(ways))
    definition.write_bytes(reduced_definition(full_definition().read_bytes(), ways))
    decoders = [_decoder(mdef, dictionary) for mdef in (full_definition(), definition)]
    found = 0
    for number, text in enumerate(SAID):
        sound = QUIET + spoken(text, VOICES[number]) + QUIET
        for pcm in (sound, noisy(sound, 20)):
            one, other = (_decoded(decoder, pcm) for decoder in decoders)
            assert one == other
            found += bool(one)
    assert found >= 6


def _decoder(definition: Path, dictionary: Path) -> Decoder:
    made = Decoder(
        Config(
            hmm=get_model_path("en-us/en-us"),
            mdef=str(definition),
            dict=str(dictionary),
            lm=None,
            loglevel="FATAL",
        )
    )
    fsg = made.create_fsg("calls", START, END, [way if way[3] else way[:3] for way in CALLS])
    made.add_fsg("calls", fsg)
    made.activate_search("calls")
    return made


def _decoded(decoder: Decoder, pcm: bytes) -> list[tuple[str, int, int, float]]:
    decoder.start_utt()
    decoder.process_raw(pcm, False, True)
    decoder.end_utt()
    return [(s.word, s.start_frame, s.end_frame, s.ascore) for s in decoder.seg() or ()]
