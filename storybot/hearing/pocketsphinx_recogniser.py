"""The small recogniser: PocketSphinx with a grammar, a cut-down dictionary and a confidence gate."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterable
from pathlib import Path

from pocketsphinx import Config, Decoder, get_model_path

from storybot.errors import Exit, StorybotError
from storybot.hearing import grammar
from storybot.hearing.attention import Heard, KeyphraseHeard, ListenFor, sift
from storybot.hearing.segments import Segments
from storybot.settings import HearingSettings
from storybot.things import usual_things

ACOUSTIC_MODEL = "en-us/en-us"
FULL_DICTIONARY = "en-us/cmudict-en-us.dict"
FILLERS = ("<", "[", "(")  # what PocketSphinx's silence and noise words begin with
TINY = 1e-300  # keeps the logarithm of a score that underflowed finite


class PocketSphinxRecogniser:
    """Waits for a whole stretch of speech, looks for the keyphrase in it, then for a request."""

    def __init__(self, settings: HearingSettings, cache: Path) -> None:
        self.name = "pocketsphinx"
        self._settings = settings
        self._keyphrase = " ".join(settings.keyphrase.lower().split())
        self._segments = Segments(settings.longest_request)
        self._listen_for = ListenFor.KEYPHRASE
        things = usual_things(settings.things)
        request = grammar.request_grammar(self._keyphrase, grammar.spoken_forms(things))
        stop = grammar.stop_grammar()
        dictionary = reduced_dictionary(
            cache, grammar.grammar_words(request, stop) | set(self._keyphrase.split())
        )
        self._decoder = Decoder(
            Config(
                hmm=get_model_path(ACOUSTIC_MODEL),
                dict=str(dictionary),
                lm=None,
                kws_threshold=settings.keyphrase_threshold,
                loglevel="FATAL",
            )
        )
        self._decoder.add_keyphrase("keyphrase", self._keyphrase)
        self._decoder.add_jsgf_string("request", request)
        self._decoder.add_jsgf_string("stop", stop)

    def listen_for(self, what: ListenFor) -> None:
        self._listen_for = what

    def hear(self, block: bytes) -> list[Heard | KeyphraseHeard]:
        return self._understood(self._segments.feed(block))

    def finish(self) -> list[Heard | KeyphraseHeard]:
        return self._understood(self._segments.finish())

    def _understood(self, segments: Iterable[bytes]) -> list[Heard | KeyphraseHeard]:
        return [heard for pcm in segments if (heard := self._recognise(pcm)) is not None]

    def _recognise(self, pcm: bytes) -> Heard | KeyphraseHeard | None:
        search = "stop" if self._listen_for is ListenFor.STOP else "request"
        text, confidence = self._decode(search, pcm)
        if not text:
            return None
        wanted = sift(text, self._listen_for, self._keyphrase)
        if wanted is None or confidence < self._settings.gate:
            return Heard(text, confidence, sure=False)
        return wanted if isinstance(wanted, KeyphraseHeard) else Heard(text, confidence)

    def _decode(self, search: str, pcm: bytes) -> tuple[str, float]:
        """The words and the mean ln acoustic score per frame over them.

        A grammar always answers something; this score tells speech that fits it from speech that
        was forced into it.
        """
        decoder = self._decoder
        decoder.activate_search(search)
        decoder.start_utt()
        decoder.process_raw(pcm, False, True)
        decoder.end_utt()
        hypothesis = decoder.hyp()
        words = [s for s in decoder.seg() or () if not s.word.startswith(FILLERS)]
        if hypothesis is None or not words:
            return "", -math.inf
        score = sum(math.log(max(word.ascore, TINY)) for word in words)
        frames = sum(word.end_frame - word.start_frame + 1 for word in words)
        return hypothesis.hypstr, score / frames
