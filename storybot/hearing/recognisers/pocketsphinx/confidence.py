"""How much PocketSphinx's answer can be trusted (pure)."""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass, replace
from operator import mul
from typing import Any

from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.hearing.recognisers.pocketsphinx.front_ends import (
    ADULT,
    FRAMES_PER_S,
    FrontEnd,
)
from storybot.language.listening import without_style
from storybot.language.spoken_grammar import ABOUT, ARTICLES, COMMANDS, begins_as_call
from storybot.language.wishes import MAX_THINGS

FILLERS = ("<", "[", "(")  # what PocketSphinx's silence and noise words begin with
FRAME_SAMPLES = SAMPLE_RATE_HZ // FRAMES_PER_S  # samples of one frame of the acoustic model
SYLLABLE_FRAMES = 10  # frames
# Of the words' mean power: 13 dB below it. Background noise is quieter than that.
LOUD_MIN_SHARE = 0.05
COVERAGE_MIN = 0.7  # sentences that are no request reached 0.56
# A recognised keyphrase makes false alarms unlikely, and noise lowers the scores after it.
CALLED_GATE_SLACK = 0.6
# A short answer scores lower; other speech scores lower still, or becomes something longer: two
# things, a thing with a name, "a knight again".
SHORT_ANSWER_GATE_SLACK = 2.0
_LONGER = re.compile(r" (?:and|called|named|again)\b")
BROKEN_OFF_GATE_SLACK = 1.35
# Above the gate: with it one of 300 requests more is asked back; no near sound (160) and no other
# speech (240) is taken for the call.
CLEAR_CALL_MARGIN = 1.5
QUESTION_GATE_SLACK = 0.6  # further below: it may have been said
_ASKED = re.compile(r" (?:about|with) ")
# Of 106 requests the second front end's result was above this, of other speech one was not.
SECOND_FRONT_END_MARGIN = 0.2
# Of a request by a voice like those that the acoustic model was trained on 34 of 40 are above it.
# Voices 4.5 half-tones up: 10.
FITTING_SCORE = -2.2
UNHEARD = 0.5  # coverage below which next to nothing was understood
SCORE_MIN = 1e-300  # keeps the logarithm of a score that underflowed finite


def coverage(pcm: bytes, words: list[Segment], parts: list[Segment]) -> float:
    """Duration of the words, as a share of everything that is about as loud as they are."""
    samples = array("h", pcm)
    loud = _power(samples, words) * LOUD_MIN_SHARE
    pieces = [piece for part in parts if part.filler for piece in part.pieces()]
    swept = sum(piece.frames for piece in pieces if _power(samples, [piece]) > loud)
    frames = sum(word.frames for word in words)
    return frames / (frames + swept)


def above_noise(pcm: bytes, words: list[Segment], parts: list[Segment]) -> float:
    """By how many dB the words are louder than the quietest tenth of what lies around them.

    Silence that no microphone gives, all zeros, does not count.
    """
    samples = array("h", pcm)
    places = [place for part in parts if part.filler for place in range(part.start, part.end)]
    frames = (Segment("", place, place + 1, 0.0) for place in places)
    around = sorted(power for frame in frames if (power := _power(samples, [frame])))
    if not around:
        return math.inf
    return 10 * math.log10(max(1.0, _power(samples, words)) / around[len(around) // 10])


def _power(samples: array[int], parts: list[Segment]) -> float:
    """Mean square of the samples in these parts."""
    heard = [samples[part.start * FRAME_SAMPLES : part.end * FRAME_SAMPLES] for part in parts]
    return float(sum(sum(map(mul, s, s)) for s in heard)) / max(1, sum(map(len, heard)))


@dataclass(frozen=True)
class Segment:
    """One decoded word, or a stretch that was decoded as silence or noise."""

    text: str
    start: int  # frame
    end: int  # the frame after its last
    score: float  # mean ln acoustic score per frame

    @classmethod
    def of(cls, segment: Any, unit: int = 1) -> Segment:
        """`unit`: of the segment's scores, in nats."""
        start, end = segment.start_frame, segment.end_frame + 1
        score = unit * math.log(max(segment.ascore, SCORE_MIN)) / (end - start)
        return cls(segment.word.partition("(")[0] or segment.word, start, end, score)

    @property
    def filler(self) -> bool:
        return self.text.startswith(FILLERS)

    @property
    def frames(self) -> int:
        return self.end - self.start

    def pieces(self) -> list[Segment]:
        """The same in pieces of a syllable's length."""
        starts = range(self.start, self.end, SYLLABLE_FRAMES)
        return [replace(self, start=s, end=min(s + SYLLABLE_FRAMES, self.end)) for s in starts]


@dataclass(frozen=True)
class DecodingResult:
    """What the decoder answered, and the figures that show whether to believe it.

    A grammar always gives an answer, whatever was said."""

    text: str
    score: float  # mean ln acoustic score per frame; low where the words do not match the speech
    call: float | None  # score of the keyphrase's worst word; None without the keyphrase
    coverage: float  # see coverage(); low where speech was decoded as silence
    front_end: FrontEnd = ADULT  # with which it was decoded
    alternative: str = ""  # another wish that fits about as well
    mean: str = ""  # cepstral, with which it was decoded
    topic: int = 0  # frame where "about" begins; 0: nowhere
    above_noise: float = math.inf  # dB, see above_noise()


def decoding_result(
    pcm: bytes, parts: list[Segment], keyphrase: str, front_end: FrontEnd, after_call: bool
) -> DecodingResult | None:
    """What these parts of the sound say; None without a word.

    `after_call`: decoded with the mean of the keyphrase before it. Then an article does not count:
    its few frames lie where the sound begins, and score anything.
    """
    words = [part for part in parts if not part.filler]
    if not words:
        return None
    scored = [word for word in words if not (after_call and word.text in ARTICLES)] or words
    frames = sum(word.frames for word in scored)
    text = " ".join(word.text for word in words)
    call = keyphrase.split()
    spoken = [word.score for word in words if word.text in call and len(word.text) > 1]
    return DecodingResult(
        text=text,
        score=sum(word.score * word.frames for word in scored) / frames,
        call=min(spoken, default=None) if keyphrase in without_style(text) else None,
        coverage=coverage(pcm, words, parts),
        front_end=front_end,
        above_noise=above_noise(pcm, words, parts),
        topic=next((word.start for word in words if word.text in ABOUT), 0),
    )


def doubtful(decoded: DecodingResult, gate: float, called: bool) -> bool:
    """Whether the result is not to be believed; after the keyphrase a lower score is enough.

    `called`: the keyphrase came before this speech, rather than in it.
    """
    return not _believed(decoded, gate, _slack(decoded, called))


def clearly_called(decoded: DecodingResult, gate: float) -> bool:
    """Whether its keyphrase is to be believed without decoding it by itself.

    By itself it may score badly: "about" begins in its last vowel.
    """
    return decoded.call is not None and decoded.call >= gate + CLEAR_CALL_MARGIN


def worth_asking(decoded: DecodingResult, gate: float, called: bool) -> bool:
    """Whether a doubtful result is near enough to one that is believed to ask about it."""
    return _believed(decoded, gate, _slack(decoded, called) + QUESTION_GATE_SLACK)


def _slack(decoded: DecodingResult, called: bool) -> float:
    if called and (decoded.text in COMMANDS or not _LONGER.search(decoded.text)):
        return SHORT_ANSWER_GATE_SLACK
    if called or (decoded.call is not None and _ASKED.search(decoded.text)):
        return CALLED_GATE_SLACK
    return 0.0


def _believed(decoded: DecodingResult, gate: float, slack: float) -> bool:
    return (
        decoded.coverage >= COVERAGE_MIN
        and decoded.score >= gate - slack
        and (decoded.call is None or decoded.call >= gate)
        and decoded.text.count(" and ") < MAX_THINGS
    )


def likely_to_go_on(decoded: DecodingResult, gate: float) -> bool:
    """Whether words that break off are worth waiting for their rest."""
    return (
        decoded.coverage >= COVERAGE_MIN
        and decoded.score >= gate - BROKEN_OFF_GATE_SLACK
        and decoded.text.count(" and ") < MAX_THINGS
    )


def worth_another_front_end(decoded: DecodingResult | None, keyphrase: str) -> bool:
    """Whether this may be a request by a voice that this front end does not fit.

    What does not begin as a request stays as it is: other speech, most of all, which would take
    twice the time and be taken for a command more often. But where most of the speech fitted no
    word, the one that did says nothing: "tell it again" for "can you tell me a story ...".
    """
    if decoded is None or decoded.coverage < UNHEARD:
        return True
    return decoded.score < FITTING_SCORE and begins_as_call(decoded.text, keyphrase)


def likelier(
    again: DecodingResult, first: DecodingResult | None, gate: float, keyphrase: str
) -> bool:
    """Whether to take what was decoded with the second front end."""
    return (
        again.score > gate + SECOND_FRONT_END_MARGIN
        and (first is None or again.score > first.score)
        and begins_as_call(again.text, keyphrase)
    )


def end_of_call(words: list[Segment], keyphrase: str) -> int:
    """The frame where the keyphrase ends among these words; 0: it is not there."""
    call = keyphrase.split()
    texts = [word.text for word in words]
    ends = range(len(call), len(words) + 1)
    return next((words[end - 1].end for end in ends if texts[end - len(call) : end] == call), 0)
