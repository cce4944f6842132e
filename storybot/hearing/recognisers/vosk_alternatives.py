"""Another wish that is about as likely to Vosk in the same sound."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.language.choices import told_apart
from storybot.language.requests import understand

MOST_SENTENCES = 10
# Of ln probability. A model's own lattice beam, mostly 2, keeps what is farther from the list; with
# these 2 more of 17 right things would be asked about and no more of 12 wrong ones.
CLOSE = 1.5
PIECE_BYTES = 2 * SAMPLE_RATE_HZ // 4  # decoded at once


class Alternatives:
    """A Kaldi decoder that gives the likeliest sentences, in place of a confidence of each word."""

    def __init__(self, decoder: Any) -> None:
        """`decoder`: a KaldiRecognizer of its own, with the grammar by which the wish was found."""
        self._decoder = decoder
        self._decoder.SetMaxAlternatives(MOST_SENTENCES)

    def sentences(self, pcm: bytes, meanwhile: Callable[[int], None]) -> list[tuple[str, float]]:
        """What this may be, with ln scores, the best first; `pcm`: 16 kHz mono int16.

        `meanwhile` is called after each piece, with its number of samples.
        """
        for at in range(0, len(pcm), PIECE_BYTES):
            piece = pcm[at : at + PIECE_BYTES]
            self._decoder.AcceptWaveform(piece)
            meanwhile(len(piece) // 2)
        found = json.loads(self._decoder.FinalResult()).get("alternatives", ())
        return [(str(one["text"]), float(one["confidence"])) for one in found]


def close_wish(text: str, sentences: Iterable[tuple[str, float]]) -> str:
    """The likeliest of these that asks for another thing than `text`, a wish; "": none is close.

    Where the wish itself is not among them they are of something else, and say nothing about it.
    """
    wish = understand(text)
    others = list(sentences)
    score = next((likelihood for words, likelihood in others if understand(words) == wish), None)
    if score is None:
        return ""
    close = (words for words, likelihood in others if score - likelihood <= CLOSE)
    return next((words for words in close if told_apart(wish, understand(words))), "")
