from __future__ import annotations

from collections.abc import Iterator

import pytest

from storybot.hearing.pcm import level_dbfs
from storybot.hearing.recognisers.pocketsphinx import noise_suppression
from storybot.hearing.recognisers.pocketsphinx.noise_suppression import (
    PACKAGE,
    SUPPRESSED_BELOW_DB,
    loud_above_quiet,
    missing,
    without_noise,
)
from tests.fakes.recognisers import noisy, spoken

QUARTER = bytes(8000)  # s of silence
SPEECH = QUARTER + spoken("tell me a story about a boat") + QUARTER
NOISY = noisy(SPEECH, 20)

needs_library = pytest.mark.skipif(bool(missing()), reason=f"needs {PACKAGE}")


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(noise_suppression, "LIBRARY", "libnone.so.1")
    noise_suppression._library.cache_clear()
    yield
    noise_suppression._library.cache_clear()


def test_noise_is_told_from_none() -> None:
    assert loud_above_quiet(NOISY) < SUPPRESSED_BELOW_DB - 2
    assert loud_above_quiet(SPEECH) > SUPPRESSED_BELOW_DB + 2
    assert loud_above_quiet(QUARTER) == loud_above_quiet(b"") == float("inf")


@needs_library
def test_noise_becomes_quieter_and_speech_does_not() -> None:
    denoised = without_noise(NOISY)
    assert len(denoised) == len(NOISY)
    edge = len(QUARTER)
    assert level_dbfs(denoised[:edge]) < level_dbfs(NOISY[:edge]) - 10
    speech = slice(edge, -edge)
    assert level_dbfs(denoised[speech]) == pytest.approx(level_dbfs(SPEECH[speech]), abs=1.5)


@needs_library
def test_the_sound_keeps_its_place() -> None:
    """Words are looked up in it by their frames."""
    denoised, edge = without_noise(NOISY), len(QUARTER)
    begins = [level_dbfs(denoised[edge + at : edge + at + 320]) for at in range(0, 16000, 320)]
    clean = [level_dbfs(SPEECH[edge + at : edge + at + 320]) for at in range(0, 16000, 320)]
    assert begins.index(max(begins)) == clean.index(max(clean))


@needs_library
def test_clear_speech_stays_as_it_is() -> None:
    assert without_noise(SPEECH) == b""


@pytest.mark.usefixtures("no_library")
def test_without_the_library_noise_stays() -> None:
    assert without_noise(NOISY) == b""
    assert missing() == PACKAGE
