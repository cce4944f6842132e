"""The small recogniser: PocketSphinx with grammars, reduced files and a confidence gate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.hearing.recognisers.pocketsphinx.alternatives import MOST_PATHS, close_alternative
from storybot.hearing.recognisers.pocketsphinx.confidence import (
    FRAME_SAMPLES,
    DecodingResult,
    Segment,
    clearly_called,
    decoding_result,
    doubtful,
    end_of_call,
    likely_to_go_on,
    worth_asking,
)
from storybot.hearing.recognisers.pocketsphinx.crash_counter import count_crashes
from storybot.hearing.recognisers.pocketsphinx.decoder import GrammarDecoder
from storybot.hearing.recognisers.pocketsphinx.endpointing import (
    MARGIN_S,
    Speech,
    SpeechDetector,
    joined,
)
from storybot.hearing.recognisers.pocketsphinx.front_ends import ADULT, FrontEnd
from storybot.hearing.recognisers.pocketsphinx.grammars import sentences
from storybot.hearing.recognisers.pocketsphinx.noise_suppression import without_noise
from storybot.hearing.recognisers.pocketsphinx.phones import SLACK, fits, of_things, slack, topic_of
from storybot.hearing.recognisers.pocketsphinx.reduced_model import prepare_reduced_model
from storybot.hearing.recognisers.pocketsphinx.said_before import Begun, Call
from storybot.hearing.recognisers.pocketsphinx.voices import Decoded, decoded_as_it_fits
from storybot.hearing.utterance import GUARD_TIME_S, Heard, Utterance
from storybot.language import spoken_grammar
from storybot.language.automaton import Transition
from storybot.language.choices import names_neither, words_between
from storybot.language.listening import ANSWERED, KeyphraseOnly, ListenFor, relevant_part
from storybot.language.requests import breaks_off, is_wish, puts_off
from storybot.language.things import family_forms, usual_things
from storybot.system.folders import cache_folder

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings

CALL_TAIL_FRAMES = 10  # after the keyphrase, decoded together with it
REST_WAIT_S = 1.2  # for the rest of a request that breaks off: "tell me a story about a"
MARGIN_BYTES = 2 * round(MARGIN_S * SAMPLE_RATE_HZ)


class PocketSphinxRecogniser:
    """Waits for the end of a stretch of speech, then decodes it with a grammar.

    The keyphrase is part of the grammar. PocketSphinx's own keyphrase search would need a second
    decoding, and found 51 of 60 requests where the grammar found 60, both without a false alarm.
    """

    def __init__(self, settings: HearingSettings, cache: Path) -> None:
        self.name = "pocketsphinx"
        self.meanwhile: Callable[[int], None] = lambda samples: None
        self._settings = settings
        self._keyphrase = " ".join(settings.keyphrase.lower().split())
        self._segments = SpeechDetector(settings.longest_request)
        # Words of the last decoding, before it was known that they are its end.
        self._unended: list[Segment] = []
        self._begun: Begun | None = None  # while the rest of a request is awaited
        self._call = Call("", ADULT, b"")  # while the request is awaited
        self._between: tuple[str, ...] = ()  # words of which one is awaited as the answer
        things = usual_things(settings.things)
        self._topics = spoken_grammar.topics_of(things)
        self._family = family_forms()  # which espeak-ng says how to speak
        words = spoken_grammar.words_of(*map(self._sentences, ListenFor))
        given = {thing.forms[0]: thing.sounds for thing in things if thing.sounds}
        files = prepare_reduced_model(cache, words, given=given)
        with count_crashes(files.crashes) as died:
            if died:
                files.forget()
                files = prepare_reduced_model(cache, words, died > 1, given)
            stops = self._sentences(ListenFor.STOP)
            self._decoder = GrammarDecoder(files, ListenFor.STOP.value, stops)
            self._listen_for = ListenFor.STOP
            self.listen_for(ListenFor.KEYPHRASE)

    def listen_for(self, what: ListenFor) -> None:
        """Only one grammar is kept beside the small one for STOP.

        For 500 things each takes 1 MB and 20 ms to compile.
        """
        if what is self._listen_for:
            return
        self._begun = None
        self._decoder.use(ListenFor.STOP.value)
        if self._listen_for is not ListenFor.STOP:
            self._decoder.remove(self._listen_for.value)
        if what is not ListenFor.STOP:
            lattice = what not in ANSWERED
            self._decoder.add(what.value, self._sentences(what), lattice)
            self._decoder.use(what.value)
        self._listen_for = what

    def _sentences(self, what: ListenFor) -> list[Transition]:
        return sentences(what, self._keyphrase, self._topics, self._between)

    @property
    def speaking(self) -> bool:
        return self._segments.speaking

    def hear(self, block: bytes) -> list[Heard]:
        heard = self._understood(self._segments.feed(block))
        if self._begun is not None and self._segments.silent_at(
            self._begun.speech.end + REST_WAIT_S
        ):
            heard += self._without_rest()
        return heard

    def finish(self) -> list[Heard]:
        return self._understood(self._segments.finish()) + self._without_rest()

    def _understood(self, speech: Iterable[Speech]) -> list[Heard]:
        return [heard for one in speech for heard in self._with_begun(self._denoised(one))]

    def _denoised(self, speech: Speech) -> Speech:
        """In a story the box's own voice is in the sound, beside which a "stop" is as loud."""
        if self._listen_for is ListenFor.STOP:
            return speech
        return replace(speech, denoised=without_noise(speech.pcm))

    def _with_begun(self, speech: Speech) -> list[Heard]:
        """What was said in this stretch, together with what broke off before it.

        Where the two make no sense together, each by itself.
        """
        begun, self._begun = self._begun, None
        before: list[Heard] = []
        if begun is not None:
            whole = joined(begun.speech, speech)
            if whole.seconds <= self._settings.longest_request:
                heard = self._recognise(whole)
                if self._begun is not None or (isinstance(heard, Utterance) and heard.sure):
                    return [] if heard is None else [heard]
            before = self._by_itself(begun)
        heard = self._recognise(speech)
        return before if heard is None else [*before, heard]

    def _without_rest(self) -> list[Heard]:
        begun, self._begun = self._begun, None
        return [] if begun is None else self._by_itself(begun)

    def _by_itself(self, begun: Begun) -> list[Heard]:
        """As it was decoded the first time: a second decoding may make a thing of the last "a"."""
        self._unended = begun.unended
        return [self._judged(begun.speech, begun.decoded)]

    def _recognise(self, speech: Speech) -> Heard | None:
        """None for what is nothing, and for what breaks off: then it is kept in `_begun`."""
        decoded = self._decode(speech.clearest)
        if self._begun_before(speech):
            return None
        if decoded is None:
            return self._call_in(speech, None)
        if self._breaks_off(decoded):
            self._begun = Begun(speech, decoded, self._unended)
            return None
        return self._judged(speech, decoded)

    def _judged(self, speech: Speech, decoded: DecodingResult) -> Heard:
        awaited = self._listen_for in ANSWERED
        sound = self._call.pcm + speech.pcm if awaited else speech.pcm
        heard = self._opinion(speech, decoded, awaited)
        return replace(heard, pcm=sound, slower=decoded.front_end.ratio)

    def _opinion(self, speech: Speech, decoded: DecodingResult, awaited: bool) -> Heard:
        text, score = decoded.text, decoded.score
        wanted = relevant_part(text, self._listen_for, self._keyphrase)
        choice = self._listen_for is ListenFor.CHOICE  # another thing has to be clear
        answers = awaited and not (choice and names_neither(text, self._between))
        misfit, later, gate = False, puts_off(text), self._settings.gate
        doubt = (wanted is None and not later) or doubtful(decoded, gate, called=answers)
        if not doubt and (later or isinstance(wanted, str)):
            doubt = misfit = self._misfits(speech, decoded)
        if doubt:
            called = decoded.call is not None and decoded.call >= gate
            call = self._call_in(speech, decoded) if called else None
            if self._is_likely(decoded, called=misfit or call is not None):
                if misfit and call is None:  # the answer is this speaker's, too
                    self._remember_call(speech, decoded.front_end)
                return Utterance(text, score, sure=False, likely=True)
            return call or Utterance(text, score, sure=False)
        if later:
            return Utterance(text, score, sure=False)
        if isinstance(wanted, KeyphraseOnly):
            self._remember_call(speech.until(-MARGIN_BYTES), decoded.front_end)
            return wanted
        if decoded.alternative:  # the answer to the question which of the two is awaited next
            self._between = words_between(text, decoded.alternative)
            self._remember_call(speech, decoded.front_end)
        return Utterance(text, score, alternative=decoded.alternative)

    def _misfits(self, speech: Speech, decoded: DecodingResult) -> bool:
        """Whether a phone of it was not said, though its words fit; of a wish, one of its things.

        Answers are too short for this, and a "stop" in a story must not be missed.
        """
        if self._listen_for is not ListenFor.KEYPHRASE:
            return False
        text, lowest, begins = decoded.text, self._settings.gate - SLACK, 0
        wish = is_wish(text)
        if wish:
            text, begins = topic_of(text), decoded.topic
        if wish and not decoded.alternative:
            lowest = self._settings.gate - slack(bool(speech.denoised), decoded.above_noise)
        sound = speech.clearest[begins * FRAME_SAMPLES * 2 :]
        phones = self._decoder.phones(sound, decoded.mean, decoded.front_end, text, self.meanwhile)
        judged = of_things(phones, self._family) if wish else phones
        return bool(judged or not phones) and not fits(decoded.score, judged, lowest)

    def _is_likely(self, decoded: DecodingResult, called: bool) -> bool:
        """Whether the box should ask if this was said; `called`: the keyphrase is in it."""
        awaited = self._listen_for is ListenFor.REQUEST
        if self._settings.questions != "on" or not (awaited or called):
            return False
        if decoded.alternative and not doubtful(decoded, self._settings.gate, called=awaited):
            return False  # of two that fit neither
        return is_wish(decoded.text) and worth_asking(decoded, self._settings.gate, awaited)

    def _breaks_off(self, decoded: DecodingResult) -> bool:
        return (
            self._listen_for is not ListenFor.STOP
            and likely_to_go_on(decoded, self._settings.gate)
            and breaks_off(decoded.text, self._keyphrase)
        )

    def _begun_before(self, speech: Speech) -> bool:
        """Whether the speech just decoded may have begun before listening began."""
        if self._listen_for is not ListenFor.KEYPHRASE or not self._unended:
            return False
        return speech.begun + self._unended[0].start * FRAME_SAMPLES / SAMPLE_RATE_HZ < GUARD_TIME_S

    def _call_in(self, speech: Speech, decoded: DecodingResult | None) -> KeyphraseOnly | None:
        """Speech that is no request, `decoded` so, may still have begun with the keyphrase."""
        end = end_of_call(self._unended, self._keyphrase)
        if self._listen_for is not ListenFor.KEYPHRASE or not end:
            return None
        beginning = speech.until((end + CALL_TAIL_FRAMES) * FRAME_SAMPLES * 2)
        if decoded is None or not clearly_called(decoded, self._settings.gate):
            decoded = self._decode(beginning.clearest)
            if decoded is None or doubtful(decoded, self._settings.gate, called=False):
                return None
            text = decoded.text.removesuffix(" about")  # its tail is the "a" of that
            if relevant_part(text, self._listen_for, self._keyphrase) != KeyphraseOnly():
                return None
        said = beginning.until(-CALL_TAIL_FRAMES * FRAME_SAMPLES * 2)
        self._remember_call(said, decoded.front_end)
        return KeyphraseOnly(speech.pcm, decoded.front_end.ratio)

    def _remember_call(self, speech: Speech, front_end: FrontEnd) -> None:
        mean = self._decoder.mean_of(speech.clearest, front_end)
        self._call = Call(mean, front_end, speech.pcm)

    def _decode(self, pcm: bytes) -> DecodingResult | None:
        """What was said in this stretch of speech, by whoever it was."""
        if self._listen_for is not ListenFor.KEYPHRASE:
            front_end = self._call.front_end if self._listen_for in ANSWERED else ADULT
            return self._decode_with(front_end, pcm)

        def decode(front_end: FrontEnd) -> Decoded:
            return self._decode_with(front_end, pcm), self._unended

        decoded, self._unended = decoded_as_it_fits(decode, self._settings.gate, self._keyphrase)
        return decoded

    def _decode_with(self, front_end: FrontEnd, pcm: bytes) -> DecodingResult | None:
        """A short request by itself is decoded badly, because the cepstral mean of so little
        speech is a poor estimate. So it is decoded with that of the keyphrase before it.
        """
        mean = self._call.mean if self._listen_for in ANSWERED else ""
        after_call = bool(mean)
        mean = mean or self._decoder.mean_of(pcm, front_end)
        parts, unended = self._decoder.decode(pcm, mean, front_end, self.meanwhile)
        if self._listen_for is ListenFor.KEYPHRASE:
            self._unended = [part for part in unended if not part.filler]
        decoded = decoding_result(pcm, parts, self._keyphrase, front_end, after_call)
        if decoded is None or self._listen_for is not ListenFor.KEYPHRASE:
            return decoded
        return replace(decoded, mean=mean, alternative=self._alternative(decoded))

    def _alternative(self, decoded: DecodingResult) -> str:
        """Another wish that fits about as well as this, which was just decoded; "": none."""
        if self._settings.questions != "on" or not is_wish(decoded.text):
            return ""
        return close_alternative(decoded.text, decoded.score, self._decoder.paths(MOST_PATHS))


def make(settings: HearingSettings) -> PocketSphinxRecogniser:
    """A recogniser of what the settings allow to be asked for."""
    return PocketSphinxRecogniser(settings, cache_folder())
