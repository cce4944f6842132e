"""Holds back what the first recogniser heard until the second has given its opinion."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace

from storybot.hearing.second.second_recogniser import SecondRecogniser, State, Transcript
from storybot.hearing.utterance import Heard, Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor
from storybot.language.second_opinion import (
    First,
    Opinion,
    Verdict,
    judge,
    worth_a_second_opinion,
)
from storybot.language.second_words import uncounted, ways_to_write
from storybot.language.sound_alikes import with_listed_words

ANSWER_WAIT_S = 1.5  # after which what the first recogniser heard stands
NO_CONFIDENCE = -100.0  # of a bare keyphrase, which recognisers report without a figure
RECORDING_WAIT_S = 30.0  # the same where nobody waits for it
LOADING_WAIT_S = 60.0  # for somebody who wants it loaded before going on
LOOK_INTERVAL_S = 0.02  # between two looks of somebody who has nothing else to do


class Confirmation:
    """What was heard, in its order, each part confirmed, corrected or withdrawn."""

    def __init__(
        self, second: SecondRecogniser, keyphrase: str, wait: float = ANSWER_WAIT_S
    ) -> None:
        self.second = second
        self.asked = 0  # questions
        self.unanswered = 0  # that came to nothing: it was too slow, or ended
        self._keyphrase = " ".join(keyphrase.lower().split())
        self._wait = wait
        self._waiting: deque[tuple[Heard, ListenFor]] = deque()
        self._until: float | None = None  # when the first of these is waited for no longer
        self._suspected: list[str] = []  # of that: its words, for each way to write them
        self._before: Transcript | None = None  # its answer before it was asked again

    @property
    def pending(self) -> bool:
        """Whether something is held back."""
        return bool(self._waiting)

    def begin(self, heard: Heard, wanted: ListenFor) -> None:
        """Take what was heard while this was listened for."""
        self._waiting.append((heard, wanted))

    def take(self) -> list[Heard]:
        """What is no longer held back; what was withdrawn is an utterance without words."""
        transcript = self.second.answer()
        taken: list[Heard] = []
        while self._waiting:
            heard, wanted = self._waiting[0]
            if self._until is None and not self._ask(heard, wanted):
                taken.append(heard)
            elif transcript is not None:
                if self._asks_again(transcript):
                    break
                taken.append(self._confirmed(heard, transcript, wanted))
                transcript = None
            elif self._over():
                self.second.forget()
                self.unanswered += self._before is None
                answer = self._before
                taken.append(heard if answer is None else self._confirmed(heard, answer, wanted))
            else:
                break
            self._waiting.popleft()
            self._until = self._before = None
        return taken

    def wait(self) -> list[Heard]:
        """The same, for somebody who has nothing else to do until then."""
        taken = self.take()
        while self.pending:
            time.sleep(LOOK_INTERVAL_S)
            taken += self.take()
        return taken

    def wait_until_loaded(self, longest: float) -> None:
        """Wait until the second recogniser can be asked, is lost, or so many s are over."""
        limit = time.monotonic() + longest
        while self.second.state is State.LOADING and time.monotonic() < limit:
            time.sleep(LOOK_INTERVAL_S)
            self.second.answer()

    def forget(self) -> None:
        """Nothing that is held back is wanted any more."""
        if self._until is not None:
            self.second.forget()
        self._waiting.clear()
        self._until = self._before = None

    def _ask(self, heard: Heard, wanted: ListenFor) -> bool:
        """Whether the second recogniser is asked about it."""
        if not (heard.pcm and worth_a_second_opinion(_first(heard), wanted, self._keyphrase)):
            return False
        called = "" if wanted is ListenFor.KEYPHRASE else self._keyphrase
        texts = [self._keyphrase] if isinstance(heard, KeyphraseOnly) else _texts(heard)
        written = [ways_to_write(text, called) for text in texts]
        if not self.second.ask(heard.pcm, sum(written, ()), heard.slower):
            return False
        self._suspected = [text for text, ways in zip(texts, written, strict=True) for _ in ways]
        self.asked += 1
        self._until = time.monotonic() + self._wait
        return True

    def _asks_again(self, transcript: Transcript) -> bool:
        """Whether listed things that sound like the second's words are asked about first."""
        if self._before is not None or not transcript.leads:
            return False
        texts = with_listed_words(transcript.words)
        if not texts or not self.second.ask_again(texts):
            return False
        self._before = transcript
        return True

    def _confirmed(self, heard: Heard, transcript: Transcript, wanted: ListenFor) -> Heard:
        """With the likeliest, to the second, of the words that were suspected."""
        lead = transcript.lead
        if isinstance(heard, Utterance) and lead is not None:
            text = self._suspected[transcript.leads.index(lead)]
            if text != heard.text:
                heard = replace(heard, text=text, alternative="")
        said, others = transcript.words, transcript.others
        opinion = judge(_first(heard), said, wanted, self._keyphrase, lead, others)
        return _told(heard, opinion)

    def _over(self) -> bool:
        lost = self.second.state is not State.READY
        return lost or (self._until is not None and time.monotonic() > self._until)


def _first(heard: Heard) -> First:
    if isinstance(heard, KeyphraseOnly):
        return First("", call_only=True)
    return First(heard.text, heard.sure, heard.likely)


def _texts(heard: Utterance) -> list[str]:
    """The words that it may have been."""
    text = heard.text.removesuffix(" and")  # after which it understood nothing
    return [*filter(None, (text, heard.alternative)), *uncounted(text)]


def _told(heard: Heard, opinion: Opinion) -> Heard:
    if opinion.verdict is Verdict.AS_HEARD:
        if isinstance(heard, Utterance) and heard.alternative:
            return replace(heard, alternative="")  # it decides instead of a question
        return heard
    if opinion.verdict is Verdict.CALL:
        return KeyphraseOnly(heard.pcm)
    confidence = heard.confidence if isinstance(heard, Utterance) else NO_CONFIDENCE
    return _utterance(opinion, confidence)


def _utterance(opinion: Opinion, confidence: float) -> Utterance:
    obeyed = opinion.verdict is Verdict.OBEY
    return Utterance(
        opinion.text,
        confidence,
        sure=obeyed,
        likely=opinion.verdict is Verdict.ASK,
        open=obeyed,
    )
