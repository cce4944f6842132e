"""Holds back what the first recogniser heard until the second has given its opinion."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace

from storybot.hearing.second.second_recogniser import SecondRecogniser, State, Transcript
from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor
from storybot.language.second_opinion import (
    First,
    Opinion,
    Verdict,
    judge,
    worth_a_second_opinion,
)
from storybot.language.second_words import ways_to_write

FirstResult = Utterance | KeyphraseOnly
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
        self._waiting: deque[tuple[FirstResult, ListenFor]] = deque()
        self._until: float | None = None  # when the first of these is waited for no longer

    @property
    def pending(self) -> bool:
        """Whether something is held back."""
        return bool(self._waiting)

    def begin(self, heard: FirstResult, wanted: ListenFor) -> None:
        """Take what was heard while this was listened for."""
        self._waiting.append((heard, wanted))

    def take(self) -> list[FirstResult]:
        """What is no longer held back; what was withdrawn is an utterance without words."""
        transcript = self.second.answer()
        taken: list[FirstResult] = []
        while self._waiting:
            heard, wanted = self._waiting[0]
            if self._until is None and not self._ask(heard, wanted):
                taken.append(heard)
            elif transcript is not None:
                taken.append(_confirmed(heard, transcript, wanted, self._keyphrase))
                transcript = None
            elif self._over():
                self.second.forget()
                self.unanswered += 1
                taken.append(heard)
            else:
                break
            self._waiting.popleft()
            self._until = None
        return taken

    def wait(self) -> list[FirstResult]:
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
        self._until = None

    def _ask(self, heard: FirstResult, wanted: ListenFor) -> bool:
        """Whether the second recogniser is asked about it."""
        if not (heard.pcm and worth_a_second_opinion(_first(heard), wanted, self._keyphrase)):
            return False
        called = "" if wanted is ListenFor.KEYPHRASE else self._keyphrase
        text = self._keyphrase if isinstance(heard, KeyphraseOnly) else heard.text
        if not self.second.ask(heard.pcm, ways_to_write(text, called)):
            return False
        self.asked += 1
        self._until = time.monotonic() + self._wait
        return True

    def _over(self) -> bool:
        lost = self.second.state is not State.READY
        return lost or (self._until is not None and time.monotonic() > self._until)


def _first(heard: FirstResult) -> First:
    if isinstance(heard, KeyphraseOnly):
        return First("", call_only=True)
    return First(heard.text, heard.sure, heard.likely)


def _confirmed(
    heard: FirstResult, transcript: Transcript, wanted: ListenFor, keyphrase: str
) -> FirstResult:
    first, said = _first(heard), transcript.words
    opinion = judge(first, said, wanted, keyphrase, transcript.lead, transcript.others)
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
