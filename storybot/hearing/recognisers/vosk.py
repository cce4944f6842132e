"""The large recogniser: Vosk with a list of phrases."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

try:
    from vosk import KaldiRecognizer, Model, SetLogLevel
except Exception as fault:  # its library may not load, what it imports may not work
    raise ImportError(str(fault)) from fault

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.hearing.recognisers.choice import find_vosk_model
from storybot.hearing.recognisers.vosk_alternatives import Alternatives, close_wish
from storybot.hearing.utterance import GUARD_TIME_S, Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor, relevant_part
from storybot.language.phrase_list import phrase_list
from storybot.language.requests import is_wish
from storybot.language.things import usual_things

UNKNOWN_WORD = "[unk]"  # Vosk's word for every word that is not in the list
QUESTION_BAND = 0.2  # of confidence below the setting, in which a request may have been made
KEPT_S = 6.0  # s of sound beyond the longest request, for the silence that ends it
# s around the words: what is said before or after them may be no word of the list.
MARGIN_S = 0.3
TAIL_S = 4.0
ERRORS_ONLY = -1  # log level: errors only


class VoskRecogniser:
    """A Kaldi decoder that recognises only the phrases, with a confidence for each word."""

    def __init__(self, settings: HearingSettings, model: Path, phrases: Sequence[str]) -> None:
        self.name = f"vosk ({model.name})"
        self.meanwhile: Callable[[int], None] = lambda samples: None  # it decodes block by block
        self._settings = settings
        self._keyphrase = " ".join(settings.keyphrase.lower().split())
        self._listen_for = ListenFor.KEYPHRASE
        self._samples = 0  # given to it so far
        self._sound = bytearray()  # the last of these
        self._kept = 2 * round((settings.longest_request + KEPT_S) * SAMPLE_RATE_HZ)  # bytes
        self._call = b""  # the keyphrase as it was said last
        self._began = 0.0  # s of these, when listening began
        SetLogLevel(ERRORS_ONLY)
        try:
            loaded = Model(model_path=str(model))
        except Exception as fault:  # vosk raises Exception itself
            raise StorybotError(f"{model} is no Vosk model ({fault})", Exit.MODEL) from None
        unknown = [w for w in self._keyphrase.split() if loaded.vosk_model_find_word(w) < 0]
        if unknown:  # it would hear nothing but the rest of the grammar
            raise StorybotError(
                f"the recogniser vosk does not know the words: {', '.join(unknown)}; choose "
                "another hearing.keyphrase, or set hearing.recogniser to pocketsphinx",
                Exit.CONFIG,
            )
        listed = json.dumps([*phrases, UNKNOWN_WORD], ensure_ascii=False)
        self._decoder = KaldiRecognizer(loaded, SAMPLE_RATE_HZ, listed)
        self._decoder.SetWords(True)
        self._alternatives: Alternatives | None = None
        if settings.questions == "on":
            self._alternatives = Alternatives(KaldiRecognizer(loaded, SAMPLE_RATE_HZ, listed))

    def listen_for(self, what: ListenFor) -> None:
        self._listen_for = what

    @property
    def speaking(self) -> bool:
        return bool(json.loads(self._decoder.PartialResult()).get("partial"))

    def hear(self, block: bytes) -> list[Utterance | KeyphraseOnly]:
        self._samples += len(block) // 2
        self._sound += block
        del self._sound[: -self._kept]
        if self._decoder.AcceptWaveform(block):
            return self._judge(json.loads(self._decoder.Result()))
        return []

    def finish(self) -> list[Utterance | KeyphraseOnly]:
        """After an endpoint `hear` has returned the text already, and nothing is left."""
        rest = self._judge(json.loads(self._decoder.FinalResult()))
        self._began = self._samples / SAMPLE_RATE_HZ
        return rest

    def _judge(self, result: dict[str, Any]) -> list[Utterance | KeyphraseOnly]:
        words = [word for word in result.get("result", ()) if word["word"] != UNKNOWN_WORD]
        if not words:
            return []
        if (
            self._listen_for is ListenFor.KEYPHRASE
            and words[0]["start"] < self._began + GUARD_TIME_S
        ):
            return []
        sound = self._between(words[0]["start"], words[-1]["end"])
        text = str(result["text"])
        confidence = sum(word["conf"] for word in words) / len(words)
        wanted = relevant_part(text, self._listen_for, self._keyphrase)
        least = self._settings.vosk_confidence
        if wanted is None or confidence < least:
            asks = self._settings.questions == "on" and confidence >= least - QUESTION_BAND
            likely = asks and isinstance(wanted, str) and is_wish(wanted)
            return [Utterance(text, confidence, sure=False, likely=likely, pcm=sound)]
        if isinstance(wanted, KeyphraseOnly):
            self._call = sound
            return [KeyphraseOnly(sound)]
        return [Utterance(text, confidence, alternative=self._other(text, sound), pcm=sound)]

    def _other(self, text: str, sound: bytes) -> str:
        """Another wish about as likely in this sound, which is decoded again; "": none."""
        if self._alternatives is None or self._listen_for is not ListenFor.KEYPHRASE:
            return ""
        if not is_wish(text):
            return ""
        return close_wish(text, self._alternatives.sentences(sound, self.meanwhile))

    def _between(self, start: float, end: float) -> bytes:
        """The sound between these times (s), after the keyphrase where that came before it."""
        first = self._samples - len(self._sound) // 2  # the number of its first sample
        begins, ends = (
            2 * max(0, round(at * SAMPLE_RATE_HZ) - first)
            for at in (start - MARGIN_S, end + TAIL_S)
        )
        before = self._call if self._listen_for is ListenFor.REQUEST else b""
        return before + bytes(self._sound[begins:ends])


def make(settings: HearingSettings) -> VoskRecogniser:
    """A recogniser of what the settings allow to be asked for, with the model found for them."""
    model = find_vosk_model(settings)
    if model is None:
        raise StorybotError(
            "no Vosk model was found; run: storybot models get vosk-en, "
            "or set hearing.vosk_model to its folder",
            Exit.MODEL,
        )
    keyphrase = " ".join(settings.keyphrase.lower().split())
    return VoskRecogniser(settings, model, phrase_list(keyphrase, usual_things(settings.things)))
