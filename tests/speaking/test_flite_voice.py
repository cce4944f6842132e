"""flite inside the process: the real library, of the package libflite1."""

from __future__ import annotations

from pathlib import Path

import pytest

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.voices.flite import NATURAL_SPEED, FliteVoice, ascii_text
from storybot.speaking.voices.voice import Pcm, SpeechParameters
from storybot.system import flite_library
from tests.speaking.spoken_story import told
from tests.speaking.standard_text import WORDS

SENTENCE = 'Once upon a time there was a "cat" named Zoë.'

pytestmark = pytest.mark.skipif(
    bool(flite_library.missing()), reason=f"needs {flite_library.PACKAGE}"
)


def spoken(voice: FliteVoice, parameters: SpeechParameters | None = None) -> list[Pcm]:
    pieces: list[Pcm] = []
    voice.synthesise(SENTENCE, parameters or SpeechParameters(), lambda pcm: not pieces.append(pcm))
    voice.rest()
    return pieces


@pytest.mark.parametrize("speaker", NATURAL_SPEED)
def test_it_speaks_in_small_pieces_with_its_words(speaker: str) -> None:
    pieces = spoken(FliteVoice(speaker))
    frames = sum(pcm.frames for pcm in pieces)
    assert 2 < frames / 16000 < 6 and max(pcm.frames for pcm in pieces) < 4096
    assert [SENTENCE[m.start : m.start + m.length] for m in pieces[0].words] == SENTENCE.split()
    assert pieces[0].words[-1].sample < frames and not pieces[1].words


@pytest.mark.parametrize("speaker", ["rms", "awb", "kal16"])  # slt: test_voice_contract.py
def test_the_speed_of_each_speaker(speaker: str, tmp_path: Path) -> None:
    sound = told(SpeakingSettings(voice="flite", flite_speaker=speaker), tmp_path / "a.wav")
    assert WORDS / sound.seconds * 60 == pytest.approx(125, rel=0.03)


@pytest.mark.parametrize("speaker", ["slt", "kal16"])
def test_pitch_changes_the_sound_but_not_its_length(speaker: str) -> None:
    voice = FliteVoice(speaker)
    low, high = (spoken(voice, SpeechParameters(pitch=pitch)) for pitch in (45, 70))
    assert b"".join(p.samples for p in low) != b"".join(p.samples for p in high)
    lengths = [sum(pcm.frames for pcm in pieces) for pieces in (low, high)]
    assert lengths[0] == pytest.approx(lengths[1], rel=0.02)


def test_it_stops_when_no_more_is_wanted_and_speaks_again() -> None:
    voice, calls = FliteVoice(), []
    voice.synthesise(SENTENCE, SpeechParameters(), lambda pcm: bool(calls.append(pcm)))
    assert len(calls) == 1

    def fail(pcm: Pcm) -> bool:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        voice.synthesise(SENTENCE, SpeechParameters(), fail)
    voice.stop()
    assert spoken(voice)


def test_at_rest_its_libraries_are_not_in_memory() -> None:
    maps = Path("/proc/self/maps")
    voice = FliteVoice("awb")
    for _ in range(2):
        assert _pieces(SENTENCE, voice) and "libflite_cmu_us_awb" in maps.read_text()
        voice.rest()
        voice.rest()
        assert "libflite_cmu_us_awb" not in maps.read_text()


def test_what_flite_reads() -> None:
    assert ascii_text("“Zoë’s café” – ☂…\x01") == b'"Zoe\'s cafe" - ... '
    assert _pieces("☂", FliteVoice()) == []


def _pieces(text: str, voice: FliteVoice) -> list[Pcm]:
    pieces: list[Pcm] = []
    voice.synthesise(text, SpeechParameters(), lambda pcm: not pieces.append(pcm))
    return pieces


def test_a_speaker_that_is_not_there() -> None:
    with pytest.raises(StorybotError, match="install the package libflite1") as caught:
        flite_library.load("nobody")
    assert caught.value.code == Exit.SOUND_OUT
