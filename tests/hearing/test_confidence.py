from __future__ import annotations

import math
from array import array
from dataclasses import replace
from types import SimpleNamespace

import pytest

from storybot.hearing.recognisers.pocketsphinx.confidence import (
    FRAME_SAMPLES,
    DecodingResult,
    Segment,
    above_noise,
    coverage,
    doubtful,
    likelier,
    likely_to_go_on,
    worth_another_front_end,
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


def test_how_far_speech_is_above_the_noise_around_it() -> None:
    parts = [part("<sil>", 0, 20), CAT, part("<sil>", 60, 100)]
    noisy = sound((20, 400), (40, 4000), (40, 400))
    assert above_noise(noisy, [CAT], parts) == pytest.approx(20.0)
    mostly_loud = sound((20, 3000), (40, 4000), (30, 3000), (10, 40))
    assert above_noise(mostly_loud, [CAT], parts) == pytest.approx(40.0)
    assert above_noise(sound((20, 0), (40, 4000), (40, 0)), [CAT], parts) == math.inf


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
    answer = DecodingResult("a cat", -5.3, None, 0.9)
    assert worth_asking(answer, -3.1, called=True) and not worth_asking(answer, -3.1, called=False)


def decoded(text: str, score: float, call: float | None = -2.0) -> DecodingResult:
    return DecodingResult(text, score, call, coverage=1.0)


CALL = "tell me a story"


def test_a_request_that_fits_badly_is_tried_with_another_front_end() -> None:
    assert worth_another_front_end(decoded(f"{CALL} about a nest", -2.8), CALL)
    assert not worth_another_front_end(decoded(f"{CALL} about a cat", -1.9), CALL)


def test_where_no_word_fitted_the_other_front_end_is_tried() -> None:
    assert worth_another_front_end(None, CALL)
    assert likelier(decoded(CALL, -1.9), None, -3.1, CALL)
    assert not likelier(decoded(CALL, -3.0), None, -3.1, CALL)


def test_speech_without_the_keyphrase_is_decoded_once() -> None:
    assert not worth_another_front_end(decoded("good night", -4.0, None), CALL)


def test_where_hardly_a_word_fitted_the_other_front_end_is_tried() -> None:
    hardly = replace(decoded("tell it again", -4.9, None), coverage=0.42)
    assert worth_another_front_end(hardly, CALL)


def test_the_better_score_is_likelier() -> None:
    assert likelier(decoded(CALL, -1.9), decoded(f"{CALL} about a nest", -2.8), -3.1, CALL)
    assert not likelier(decoded(CALL, -2.9), decoded(f"{CALL} about a nest", -2.8), -3.1, CALL)


@pytest.mark.parametrize("other", [decoded("good night", -2.0), decoded(CALL, -3.0)])
def test_the_second_front_end_gives_no_command_and_nothing_doubtful(other: DecodingResult) -> None:
    assert not likelier(other, decoded("can", -4.0, None), -3.1, CALL)


def test_an_answer_is_believed_from_a_lower_score_than_a_call() -> None:
    assert not doubtful(decoded("a cat", -4.0, None), -3.1, called=True)
    assert doubtful(decoded("a cat and a dog", -4.0, None), -3.1, called=True)
    assert doubtful(decoded(f"{CALL} about a cat", -4.0), -3.1, called=False)
    assert not doubtful(decoded(f"{CALL} about a cat", -3.5), -3.1, called=False)
    assert doubtful(decoded("good night", -3.5, None), -3.1, called=False)


@pytest.mark.parametrize("short", ["the moon", "about a dragon", "a big dog", "tell it again"])
def test_a_short_answer_is_believed_from_a_lower_score_than_a_longer_one(short: str) -> None:
    for longer in ("a cat and a dog", "a bird called paul please", "a knight again"):
        assert not doubtful(decoded(short, -5.0, None), -3.1, called=True)
        assert doubtful(decoded(longer, -3.8, None), -3.1, called=True)


def test_a_chain_of_things_is_neither_believed_nor_waited_for() -> None:
    chain = decoded("a cat and a dog and a bird", -2.0, None)
    assert doubtful(chain, -3.1, called=True)
    assert not likely_to_go_on(chain, -3.1)
