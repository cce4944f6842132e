from __future__ import annotations

from array import array
from dataclasses import replace
from types import SimpleNamespace

import pytest

from storybot.hearing.recognisers.pocketsphinx.confidence import (
    FRAME_SAMPLES,
    DecodingResult,
    Segment,
    coverage,
    doubtful,
    worth_asking,
)


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


def test_what_is_nearly_believed_is_worth_a_question() -> None:
    """Of the score alone: a keyphrase that is not clear, or speech left out, is no near miss."""
    asked = DecodingResult("tell me a story about a cat", -3.9, -2.0, 0.9)
    assert doubtful(asked, -3.1, called=False) and worth_asking(asked, -3.1, called=False)
    assert not doubtful(replace(asked, score=-3.6), -3.1, called=False)
    for worse in (
        replace(asked, score=-4.5),
        replace(asked, call=-3.2),
        replace(asked, coverage=0.6),
        replace(asked, text="tell me a story about a cat and a dog and a boat"),
    ):
        assert not worth_asking(worse, -3.1, called=False)
    assert not doubtful(DecodingResult("no", -4.9, None, 0.9), -3.1, called=True)
    answer = DecodingResult("a cat", -4.5, None, 0.9)
    assert worth_asking(answer, -3.1, called=True) and not worth_asking(answer, -3.1, called=False)
