"""What follows from two recognisers' answers to the same sound (pure).

The first listens for the keyphrase and the sentences of a grammar, and answers one of these to any
speech. The second writes down whatever was said, in its own spelling, and makes words up where
nothing was. So only what the first noticed counts, and only where the second agrees with it; then
the second's words are taken, which may name what is on no list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from storybot.language.listed_wishes import MISHEARD_LEAD, are_listed, with_listed_things
from storybot.language.listening import ListenFor
from storybot.language.requests import Request, RequestKind, is_wish, understand
from storybot.language.second_words import INTRODUCTION, Call, CallAndRest, alike, heard_in, tidied
from storybot.language.spoken_grammar import begins_as_call
from storybot.language.things import COUNTS
from storybot.language.typed_requests import BARE_WORDS_MAX, understand_typed

# The second's words lead over the first's, ln probability.
UNLISTED_LEAD = 7.0  # of a word on no list, which may be none: "dreadan", "dragon"
# The same where the first is sure of its words (PocketSphinx: their phones fit). The second
# misheard ten of these in 300 requests, with leads of 2.7 to 6.5 and 9 ("a book" for "a boat":
# 5.5), and heard seven better, with leads of 9 and more but for one.
SURE_LEAD = 7.0
# It was sure of some twenty that the second misspelt, with leads up to 10.2, and of one of 40 that
# are on no list, with a lead of 35.
SURE_UNLISTED_LEAD = 11.0
# By so much more than the first's words a listed thing has to be likely that sounds like a word of
# the second's on no list: "rucks", which may be rocks and not trucks.
ALIKE_LEAD = 1.0
NAME_LEAD = 2.0  # of another name: those that the first knows are few
COMMAND_LEAD = 5.0
CALL_LEAD = 1.5  # of more words over the call alone; "tell me a story later" led by 2.2 and 3.6
QUESTION_LEAD = 12.0  # of a wish in doubt; "tell me a story later" led over one by 27
# Where the lead is not known: the share of letters.
ALIKE_COMMAND = 0.8  # "not again" and "again": 0.77
ALIKE_THING = 0.6
ANSWER_MAX_WORDS = 12  # of an answer to the box; longer speech is not meant for it
_ANSWERS = re.compile(
    r"(?:about|with|something|tell|no|yes|i want|an?|the|some|my|our|his|her"
    rf"|{'|'.join(COUNTS)})\b"
)


class Verdict(Enum):
    """What is to be done."""

    OBEY = "obey"  # the words of the opinion, which may name what is on no list
    AS_HEARD = "as heard"  # what the first recogniser understood
    ASK = "ask"  # whether this was said
    CALL = "call"  # the keyphrase was said and nothing else
    NOTHING = "nothing"


@dataclass(frozen=True)
class First:
    """What the first recogniser answered."""

    text: str
    sure: bool = True
    likely: bool = False  # not sure, but worth a question
    call_only: bool = False  # the keyphrase and nothing that it understood

    @property
    def noticed(self) -> bool:
        """Whether it believes, more or less, that it was spoken to."""
        return self.sure or self.likely or self.call_only


@dataclass(frozen=True)
class Opinion:
    """A verdict with the words that it is about."""

    verdict: Verdict
    text: str = ""


NOTHING = Opinion(Verdict.NOTHING)


def worth_a_second_opinion(first: First, wanted: ListenFor, keyphrase: str) -> bool:
    """Whether the second recogniser is asked.

    Not while a story is told: "stop" must be quick, and the box's own voice is in the sound.
    Of what the first recogniser does not believe, answers to the box are worth it, and what it
    could only make a call of.
    """
    if wanted is ListenFor.REQUEST:
        return True
    return wanted is ListenFor.KEYPHRASE and (
        first.noticed or begins_as_call(first.text, keyphrase)
    )


def judge(
    first: First,
    said: str,
    wanted: ListenFor,
    keyphrase: str,
    lead: float | None = None,
    others: Sequence[tuple[str, float]] = (),
) -> Opinion:
    """`said` is what the second recogniser heard; "" where it heard no speech.

    While the request is awaited, `said` may begin with the keyphrase. `lead`: by how much its ln
    probability is above that of the first recogniser's words; None: not known. `others`: other
    texts of the second, each with the lead of `said` over it.
    """
    text = tidied(said)
    if not text:
        return NOTHING
    text, behind = with_listed_things(text, others, keyphrase)
    heard = heard_in(text, keyphrase)
    known = understand(first.text) if first.text else None
    fitted = first.sure and wanted is ListenFor.KEYPHRASE
    both = _Both(first, known, text, heard, lead, fitted, behind)
    if wanted is ListenFor.REQUEST:
        return _of_answer(both)
    if not first.noticed:
        return _of_disbelieved(both)
    if known is not None and known.kind is not RequestKind.STORY and not known.things:
        return _of_command(both)
    return _of_call(both)


@dataclass(frozen=True)
class _Both:
    """What both recognisers heard."""

    first: First
    known: Request | None  # what the first understood
    text: str  # the second's, tidied
    heard: CallAndRest  # the same with the keyphrase apart
    lead: float | None  # of its likeliest text
    fitted: bool  # the first is sure of a request; of answers it looks at no phones
    behind: float | None  # by how much `text` is less likely, as it is another one; None: it is not

    def plausible(self, most: float) -> bool:
        """Whether the first's words are not much less likely to the second than its own."""
        return self.lead is not None and self.lead <= most

    def misspelt(self, heard: Request, topic: str) -> bool:
        """Whether the second misspelt what the first knows: "a rowbot" and "a robot"."""
        listed = not heard.things or are_listed(heard, topic)
        if self.lead is not None:
            if self.behind is not None:
                return self.plausible(self.behind + ALIKE_LEAD)
            if listed and _names(heard) - _names(self.known):
                return self.plausible(NAME_LEAD)
            if self.fitted:
                return self.plausible(SURE_LEAD if listed else SURE_UNLISTED_LEAD)
            return self.plausible(MISHEARD_LEAD if listed else UNLISTED_LEAD)
        if listed:
            return False
        said, known = (INTRODUCTION.sub("", text) for text in (topic, self.first.text))
        return alike(said, known) >= ALIKE_THING

    def believed(self) -> Opinion:
        """What the first recogniser understood."""
        return Opinion(Verdict.AS_HEARD if self.first.sure else Verdict.OBEY, self.first.text)

    def asked(self) -> Opinion:
        """The question whether it was said; nothing where it was no wish."""
        wish = self.known is not None and self.known.things
        return Opinion(Verdict.ASK, self.first.text) if wish else NOTHING


def _of_disbelieved(both: _Both) -> Opinion:
    """The first recogniser did not believe that it was called: the second has to be sure."""
    if both.heard.call is not Call.SAID:
        return NOTHING
    if is_wish(both.first.text) and both.plausible(MISHEARD_LEAD):
        return both.believed()
    if (wish := both.heard.wish) is not None:
        return Opinion(Verdict.OBEY, wish.text)
    return Opinion(Verdict.CALL) if both.heard.nothing_more else NOTHING


def _of_call(both: _Both) -> Opinion:
    first, heard = both.first, both.heard
    if heard.call is Call.MISSING:
        if both.plausible(MISHEARD_LEAD):
            return Opinion(Verdict.CALL) if first.call_only else both.believed()
        same = _share_thing(both.known, understand_typed(both.text))
        return (both.believed() if first.sure else both.asked()) if same else NOTHING
    if (wish := heard.wish) is not None:
        if both.known is not None and both.known.things and both.misspelt(wish.request, heard.rest):
            return both.believed()
        return Opinion(Verdict.OBEY, wish.text)
    if both.plausible(MISHEARD_LEAD) and is_wish(first.text):
        return both.believed()
    lead = QUESTION_LEAD
    if first.call_only:
        lead = MISHEARD_LEAD if heard.introduced else CALL_LEAD
    if heard.nothing_more or both.plausible(lead):  # both heard the call
        return both.asked() if is_wish(first.text) else Opinion(Verdict.CALL)
    return NOTHING


def _of_command(both: _Both) -> Opinion:
    assert both.known is not None
    meant = understand_typed(both.text)
    if meant is not None and meant.kind is both.known.kind:
        return both.believed()
    if both.heard.call is Call.SAID and (wish := both.heard.wish) is not None:
        return Opinion(Verdict.OBEY, wish.text)
    if both.lead is None:
        return both.believed() if alike(both.text, both.first.text) >= ALIKE_COMMAND else NOTHING
    return both.believed() if both.plausible(COMMAND_LEAD) else NOTHING


def _of_answer(both: _Both) -> Opinion:
    """What follows on the keyphrase, or on a question of the box."""
    first = both.first
    answer = both.text if both.heard.call is Call.MISSING else both.heard.rest
    known = both.known if first.noticed else None
    meant = understand_typed(answer) if _may_answer(answer, first) else None
    if meant is None or (meant.kind is RequestKind.STORY and not meant.things):
        near = (
            both.plausible(MISHEARD_LEAD)
            if both.lead is not None
            else (alike(answer, first.text) >= ALIKE_THING)
        )
        if known is not None and near:
            return both.believed()
        return both.asked() if answer and first.noticed else NOTHING
    if known is not None and meant != known and both.misspelt(meant, answer):
        return both.believed()
    return Opinion(Verdict.OBEY, answer)


def _may_answer(answer: str, first: First) -> bool:
    """Whether this is an answer to the box, and not said to somebody else."""
    words = len(answer.split())
    if not first.noticed and words > BARE_WORDS_MAX and not _ANSWERS.match(answer):
        return False
    return words <= ANSWER_MAX_WORDS


def _names(request: Request | None) -> set[str]:
    return {thing.name for thing in request.things if thing.name} if request is not None else set()


def _share_thing(one: Request | None, other: Request | None) -> bool:
    if one is None or other is None:
        return False
    return bool({thing.word for thing in one.things} & {thing.word for thing in other.things})
