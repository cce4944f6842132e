from __future__ import annotations

import pytest

from tests.fakes.recognisers import noisy, spoken

pytest.importorskip("pocketsphinx")
from storybot.hearing.pcm import BLOCK_BYTES, SAMPLE_RATE_HZ
from storybot.hearing.recognisers.pocketsphinx.endpointing import (
    MARGIN_S,
    Speech,
    SpeechDetector,
    joined,
)

QUIET = bytes(2 * SAMPLE_RATE_HZ)


def cut(sound: bytes, longest: float = 8.0) -> tuple[list[Speech], list[Speech]]:
    """The stretches found while the sound went on, and what was left at its end."""
    segments = SpeechDetector(longest)
    found: list[Speech] = []
    for start in range(0, len(sound), BLOCK_BYTES):
        found += segments.feed(sound[start : start + BLOCK_BYTES])
    return found, segments.finish()


def test_two_utterances_are_two_stretches_with_quiet_around_them() -> None:
    speech = spoken("tell me a story")
    found, rest = cut(QUIET + speech + QUIET + speech + QUIET)
    assert rest == []
    assert len(found) == 2
    for stretch in found:
        assert (
            abs(len(stretch.pcm) - len(speech) - 4 * MARGIN_S * SAMPLE_RATE_HZ)
            < 0.6 * 2 * SAMPLE_RATE_HZ
        )
        assert not any(stretch.pcm[:1600]), "the margin before the speech"


def test_noise_hides_no_speech() -> None:
    found, _ = cut(noisy(QUIET + spoken("tell me a story", "rms") + QUIET, 14))
    assert len(found) == 1


def test_speech_at_the_end_of_the_sound_is_handed_out() -> None:
    found, rest = cut(QUIET + spoken("tell me a story about a boat"))
    assert found == [] and len(rest) == 1


def test_endless_speech_is_cut() -> None:
    babble = b"".join(spoken(text) for text in ["one two three four five six seven"] * 4)
    found, rest = cut(QUIET + babble, longest=2.0)
    assert len(found) >= 3
    assert all(len(stretch.pcm) <= 2.2 * 2 * SAMPLE_RATE_HZ for stretch in found)
    assert sum(len(stretch.pcm) for stretch in found + rest) > 0.7 * len(babble)


def test_a_stretch_knows_when_it_began() -> None:
    speech = spoken("one two three four five six seven")[32 * 300 :]
    first, second = cut(speech + QUIET + speech + QUIET)[0]
    assert first.begun == 0.0
    assert second.begun == pytest.approx(len(speech) / SAMPLE_RATE_HZ / 2 + 1 - MARGIN_S, abs=0.2)


def test_a_knock_is_no_speech() -> None:
    knock = bytes(range(256)) * 8
    assert cut(QUIET + knock + QUIET) == ([], [])
    assert cut(b"") == ([], [])


def test_two_stretches_as_one_end_when_the_second_does() -> None:
    both = joined(Speech(bytes(16000), 1.0), Speech(b"ab" * 16000, 2.5))
    assert both.pcm == bytes(16000) + b"ab" * 16000
    assert both.seconds == 1.5
    assert both.end == 3.5


def test_silence_at_a_time_is_known_when_it_is_over_and_nobody_speaks() -> None:
    detector = SpeechDetector(8.0)
    detector.feed(QUIET)
    assert detector.silent_at(0.9)
    assert not detector.silent_at(1.5), "not over"
    detector.feed(spoken("tell me a story"))
    assert not detector.silent_at(1.5), "somebody speaks"


def test_of_what_is_joined_all_is_decoded_without_noise_where_a_part_is() -> None:
    noisy_one, clear_one = Speech(b"aabb", 1.0, b"AABB"), Speech(b"ccdd", 2.0)
    assert joined(noisy_one, clear_one).clearest == b"AABBccdd"
    assert joined(noisy_one, clear_one).pcm == b"aabbccdd"
    assert joined(clear_one, clear_one).denoised == b""


def test_a_part_of_a_stretch_is_one_with_its_sound_without_noise() -> None:
    part = Speech(b"aabb", 1.0, b"AABB").until(-2)
    assert (part.pcm, part.clearest, part.begun) == (b"aa", b"AA", 1.0)
