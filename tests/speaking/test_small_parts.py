"""Resampler, trimming, earcons and captions."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storybot.speaking.captions import Caption, Captions
from storybot.speaking.earcons import DECAY_S, EARCONS, PEAK_AMPLITUDE, SOFTER, earcon, tone
from storybot.speaking.outputs.resampler import LinearResampler
from storybot.speaking.trimming import SilenceLimiter, TrailingSilenceTrimmer
from storybot.speaking.voices.voice import WordMark, spread_words


def sine(rate: int, pitch: float, seconds: float) -> array[int]:
    count = round(rate * seconds)
    return array(
        "h", [round(8000 * math.sin(2 * math.pi * pitch * n / rate)) for n in range(count)]
    )


def crossings(samples: array[int]) -> int:
    return sum((a < 0) != (b < 0) for a, b in pairwise(samples))


@pytest.mark.parametrize("target", [48000, 44100, 16000])
def test_resampling_keeps_length_and_pitch(target: int) -> None:
    source = sine(22050, 440, 0.5)
    result = array("h", LinearResampler(22050, target).convert(source.tobytes()))
    assert abs(len(result) - target * 0.5) <= 2
    assert abs(crossings(result) - 440) <= 2
    assert max(result) <= 8000


@given(st.lists(st.integers(1, 700), min_size=1, max_size=8))
def test_resampling_has_no_seams(sizes: list[int]) -> None:
    source = sine(22050, 300, 0.3)
    whole = LinearResampler(22050, 48000).convert(source[: sum(sizes)].tobytes())
    pieces, start, resampler = b"", 0, LinearResampler(22050, 48000)
    for size in sizes:
        pieces += resampler.convert(source[start : start + size].tobytes())
        start += size
    assert pieces == whole


def test_how_much_a_block_needs() -> None:
    assert LinearResampler(22050, 44100).needed(512) == 256


@given(st.lists(st.binary(max_size=40).map(lambda b: b + b"\0" * 6), max_size=8))
def test_trimming_takes_the_silence_at_the_end_alone(pieces: list[bytes]) -> None:
    pieces = [piece[: len(piece) // 2 * 2] for piece in pieces]
    trimming = TrailingSilenceTrimmer()
    result = b"".join(trimming.feed(piece) for piece in pieces)
    whole = b"".join(pieces)
    assert whole.startswith(result)
    assert not any(whole[len(result) :])
    assert len(result) % 2 == 0
    assert len(result) - len(whole.rstrip(b"\0")) in (0, 1)


LOUD = 300  # no multiple of it but 0 is silent
PIECES = st.lists(st.sampled_from([0, 0, 0, 0, 0, 100, 5, -1]), max_size=9)


@given(st.lists(PIECES, max_size=12))
def test_squeezing_shortens_silence_and_nothing_else(pieces: list[list[int]]) -> None:
    limiter = SilenceLimiter(10)
    pieces = [[LOUD * sample for sample in piece] for piece in pieces]
    squeezed = b"".join(limiter.feed(array("h", piece).tobytes()) for piece in pieces)
    assert limiter.end() == b""
    samples = [sample for piece in pieces for sample in piece]
    expected: list[int] = []
    dropped = silence = 0
    for index, sample in enumerate(samples):
        silence = 0 if sample else silence + 1
        if sample or (any(expected) and silence <= 10):
            expected.append(sample)
        elif any(samples[index:]):
            dropped += 1
    while expected and expected[-1] == 0:
        expected.pop()
    assert list(array("h", squeezed)) == expected
    assert limiter.dropped == dropped


def test_what_is_nearly_silent_is_silent_and_a_margin_of_it_stays() -> None:
    hiss = [255, -256] * 10
    limiter = SilenceLimiter(8, margin=3)
    passed = b""
    for part in ([*hiss, 256, 5, -257], [*hiss, 300], hiss):
        passed += limiter.feed(array("h", part).tobytes())
    passed += limiter.end()
    kept = [*hiss[-3:], 256, 5, -257, *hiss[:5], *hiss[-3:], 300, *hiss[:3]]
    assert list(array("h", passed)) == kept
    assert limiter.dropped == 17 + 12
    assert SilenceLimiter(8, margin=3).end() == b""


@pytest.mark.parametrize("name", EARCONS)
def test_earcons_are_short_soft_and_do_not_click(name: str) -> None:
    samples = array("h", earcon(name, 22050))
    assert 0.1 < len(samples) / 22050 < (8.0 if name == "lullaby" else 1.0)
    peak = PEAK_AMPLITUDE * SOFTER.get(name, 1.0)
    assert 0.5 * peak < max(samples) <= peak
    assert samples[0] == samples[-1] == 0
    assert max(abs(b - a) for a, b in pairwise(samples)) < 3500


def test_earcons_differ() -> None:
    assert len({earcon(name, 22050) for name in EARCONS}) == len(EARCONS)


def test_a_tone_has_its_pitch() -> None:
    assert abs(crossings(array("h", tone(440, 0.5, 22050))) - 440) <= 4


def test_a_tone_fades_as_a_bell_does() -> None:
    wave = array("h", tone(440, 1.0, 22050))
    loudest = [max(wave[at : at + 2205]) for at in range(0, 22050, 2205)]
    assert loudest == sorted(loudest, reverse=True)
    assert loudest[7] / loudest[0] == pytest.approx(math.exp(-0.7 / DECAY_S), rel=0.1)


def test_an_earcon_nobody_knows() -> None:
    with pytest.raises(KeyError):
        earcon("doorbell", 22050)


def test_captions_appear_when_their_frame_was_heard() -> None:
    shown: list[str] = []
    captions = Captions()
    caption = Caption(captions, "One, two three.", 1000, shown.append)
    caption.add((WordMark(0, 0, 3), WordMark(100, 5, 3)))
    assert captions.show(999) == 1000
    caption.add((WordMark(250, 9, 5),))
    caption.end()
    assert captions.show(1000) == 1100
    assert (shown, captions.saying) == (["One, "], "One, two three.")
    assert captions.show(1249) == 1250
    assert captions.show(5000) is None
    assert shown == ["One, ", "two ", "three."]


def test_captions_without_marks_come_as_a_whole() -> None:
    shown: list[str] = []
    captions = Captions()
    Caption(captions, "No marks.", 5, shown.append).end()
    captions.show(5)
    assert shown == ["No marks."]


def test_cleared_captions_never_appear() -> None:
    shown: list[str] = []
    captions = Captions()
    Caption(captions, "Too late.", 0, shown.append).end()
    captions.clear()
    assert captions.show(10) is None
    assert (shown, captions.saying) == ([], "")


def test_captions_nobody_reads_still_tell_what_is_said() -> None:
    captions = Captions()
    Caption(captions, "Quiet.", 0, None).end()
    captions.show(0)
    assert captions.saying == "Quiet."


@given(
    st.text(max_size=80), st.lists(st.tuples(st.integers(0, 99), st.integers(0, 90)), max_size=9)
)
def test_captions_are_the_whole_text_whatever_the_marks(
    text: str, marks: list[tuple[int, int]]
) -> None:
    shown: list[str] = []
    captions = Captions()
    caption = Caption(captions, text, 0, shown.append)
    caption.add([WordMark(sample, min(start, len(text)), 1) for sample, start in marks])
    caption.end()
    captions.show(1000)
    assert "".join(shown) == text


def test_words_are_spread_by_their_length() -> None:
    assert spread_words("a bb a", 600) == (
        WordMark(0, 0, 1),
        WordMark(200, 2, 2),
        WordMark(500, 5, 1),
    )
    assert spread_words("", 100) == ()
