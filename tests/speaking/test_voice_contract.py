"""What holds for every voice: its words a minute, its pauses and its loudness."""

from __future__ import annotations

from pathlib import Path

import pytest

from storybot.config.schema import SpeakingSettings
from storybot.drivers import names
from storybot.speaking.limiter import LOUDNESS_LUFS
from storybot.speaking.pauses import Place
from storybot.speaking.voices.choice import missing_for
from storybot.speaking.words_per_minute import PAUSES_S_PER_WORD, between_pauses, own_rate
from tests.speaking.loudness import loudness, missing
from tests.speaking.spoken_story import told
from tests.speaking.standard_text import PARAGRAPHS, SENTENCES, WORDS

# Sonorants at the ends: a plosive's own silence would be counted with the pause.
LINES = (
    ("My mum.", Place.TITLE),
    ("A lion ran, a lamb ran.", Place.PARAGRAPH),
    ("No one won.", Place.WITHIN),
    ("We all ran on.", Place.PARAGRAPH),
)


@pytest.fixture(params=names("voice"))
def voice(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if needs := missing_for(name):
        pytest.skip(f"{name} needs {needs}")
    return name


@pytest.mark.flaky(reruns=2)  # on a busy machine pyttsx3 may leave half a wav
def test_a_story_has_its_speed_and_loudness(voice: str, tmp_path: Path) -> None:
    sound = told(SpeakingSettings(voice=voice, volume=100), tmp_path / "a.wav")
    assert WORDS / sound.seconds * 60 == pytest.approx(125, rel=0.03)
    if needs := missing():
        pytest.skip(f"loudness needs {needs}")
    measured = loudness(sound.samples, sound.rate)
    assert measured.integrated == pytest.approx(LOUDNESS_LUFS, abs=0.7)
    assert measured.true_peak < -1.0


@pytest.mark.flaky(reruns=2)  # on a busy machine pyttsx3 may leave half a wav
def test_another_speed_is_words_a_minute_too(voice: str, tmp_path: Path) -> None:
    sound = told(SpeakingSettings(voice=voice, speed=180), tmp_path / "a.wav")
    assert WORDS / sound.seconds * 60 == pytest.approx(180, rel=0.03)


def test_pauses_are_those_of_the_settings(voice: str, tmp_path: Path) -> None:
    sound = told(SpeakingSettings(voice=voice), tmp_path / "a.wav", LINES)
    assert sound.silences(0.14) == pytest.approx([1.0, 0.2, 0.5, 0.9], abs=0.045)
    other = SpeakingSettings(
        voice=voice, pause_title_s=0.3, pause_comma_s=0.6, pause_sentence_s=0.4, pause_paragraph_s=2
    )
    sound = told(other, tmp_path / "b.wav", LINES)
    assert sound.silences(0.14) == pytest.approx([0.3, 0.6, 0.4, 2.0], abs=0.045)


def test_pauses_take_their_share_of_a_minute() -> None:
    from storybot.speaking.phrases import phrases

    usual = SpeakingSettings()
    commas = sum(len(list(phrases(sentence))) - 1 for sentence in SENTENCES)
    of_paragraphs = len(PARAGRAPHS) - 1
    pauses = (
        commas * usual.pause_comma_s
        + of_paragraphs * usual.pause_paragraph_s
        + (len(SENTENCES) - 1 - of_paragraphs) * usual.pause_sentence_s
    )
    assert pytest.approx(pauses / WORDS, abs=1e-4) == PAUSES_S_PER_WORD
    spoken = WORDS / between_pauses(125) * 60
    assert WORDS / (spoken + pauses) * 60 == pytest.approx(125, abs=0.1)


def test_a_rate_between_two_that_were_measured() -> None:
    measured = ((10, between_pauses(100)), (20, between_pauses(200)))
    assert [own_rate(measured, speed) for speed in (50, 100, 200, 250)] == [10, 10, 20, 20]
    assert 10 < own_rate(measured, 150) < 20
