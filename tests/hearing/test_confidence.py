from __future__ import annotations

from array import array
from types import SimpleNamespace

import pytest

from storybot.hearing.recognisers.pocketsphinx.confidence import FRAME_SAMPLES, Segment, coverage


def sound(*stretches: tuple[int, int]) -> bytes:
    """Square waves: (frames, height) each."""
    return array(
        "h", (h for frames, h in stretches for _ in range(frames * FRAME_SAMPLES))
    ).tobytes()


def part(text: str, start: int, end: int) -> Segment:
    return Segment(text, start, end, -1.0)


CAT = part("cat", 20, 60)


def test_silence_and_quiet_noise_around_words_need_no_explanation() -> None:
    parts = [part("<sil>", 0, 20), CAT, part("</s>", 60, 100)]
    assert coverage(sound((20, 100), (40, 8000), (40, 1000)), [CAT], parts) == 1.0


def test_speech_that_was_called_silence_does() -> None:
    parts = [part("<sil>", 0, 20), CAT, part("<sil>", 60, 100)]
    assert coverage(sound((20, 0), (40, 8000), (40, 7000)), [CAT], parts) == 0.5
    half = sound((20, 0), (40, 8000), (20, 0), (20, 7000))
    assert coverage(half, [CAT], parts) == pytest.approx(2 / 3)


def test_a_part_of_a_decoding() -> None:
    segment = SimpleNamespace(word="the(2)", start_frame=10, end_frame=19, ascore=1e-10)
    made = Segment.of(segment)
    assert (made.text, made.frames, made.score) == ("the", 10, pytest.approx(-2.3026, abs=1e-3))
    fill = SimpleNamespace(word="(NULL)", start_frame=0, end_frame=0, ascore=0.0)
    assert Segment.of(fill).text == "(NULL)"
    assert [(p.start, p.end) for p in part("<sil>", 5, 28).pieces()] == [
        (5, 15),
        (15, 25),
        (25, 28),
    ]
