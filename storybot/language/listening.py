"""Which of the recognised sentences are meant for the box, by what it listens for (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from storybot.language.choices import says_second
from storybot.language.request_patterns import STYLES
from storybot.language.requests import AS_USUAL, Request, RequestKind, puts_off, understand

ANSWERS = (RequestKind.YES, RequestKind.NO)  # to questions of the box, which asks none then
_STYLE = re.compile(rf"\b(?:{'|'.join(STYLES)}) (?=story\b)")


class ListenFor(Enum):
    """What the recogniser is to find in the sound."""

    KEYPHRASE = "keyphrase"  # the keyphrase, alone or with a request, and the commands
    REQUEST = "request"  # the request that follows the keyphrase
    CHOICE = "choice"  # which of two things that sound alike was meant, or another request
    STOP = "stop"  # "stop" alone, while a story is told
    CORRECTION = "correction"  # "stop", and "no, a boat", as a story begins


# After the keyphrase: any speech is an answer to the box.
ANSWERED = frozenset((ListenFor.REQUEST, ListenFor.CHOICE))
DURING_STORY = frozenset((ListenFor.STOP, ListenFor.CORRECTION))  # while the box itself speaks


@dataclass(frozen=True)
class KeyphraseOnly:
    """The keyphrase was said and no request with it, in this sound where it was kept."""

    pcm: bytes = field(default=b"", repr=False, compare=False)  # 16 kHz mono int16
    slower: float = field(default=1.0, compare=False)  # times that an adult would have said it


def relevant_part(text: str, listen_for: ListenFor, keyphrase: str) -> KeyphraseOnly | str | None:
    """The text where it is a request now, KeyphraseOnly for the keyphrase alone, else None.

    While the keyphrase is awaited a story must be asked for with it. Commands such as "another
    one", "again" and "louder" need no keyphrase, because they follow a story.
    """
    request = understand(text)
    call = without_style(text)
    if listen_for is ListenFor.STOP:
        return text if request is not None and request.kind is RequestKind.STOP else None
    if listen_for is ListenFor.CORRECTION:
        return text if request is not None and _ends_or_corrects(request) else None
    if listen_for is ListenFor.CHOICE and says_second(text) is not None:
        return text
    if listen_for in ANSWERED:
        return text if request is not None else None
    if text == keyphrase:
        return KeyphraseOnly()
    if request is not None and request.kind in ANSWERS:
        return None
    if request is not None and request.kind is not RequestKind.STORY:
        return text
    if f" {keyphrase} " not in f" {call} " or puts_off(text):
        return None
    whole = request is not None and (request.things or request.style != AS_USUAL)
    return text if whole else KeyphraseOnly()


def _ends_or_corrects(request: Request) -> bool:
    """Whether it ends the story that begins, or says what it should have been about."""
    corrects = request.kind is RequestKind.NO and bool(request.things)
    return corrects or request.kind is RequestKind.STOP


def without_style(text: str) -> str:
    """The words without those for the kind of story, which may stand inside the keyphrase."""
    return _STYLE.sub("", text)
