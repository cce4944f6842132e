"""What the ear pays attention to, and what of a recognised sentence it passes on (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from storybot.language.requests import RequestKind, understand

# s from where listening begins. A word that begins sooner may be the rest of what was said before:
# the end of "stop the story" was heard as "another story".
GUARD_TIME_S = 0.1


class ListenFor(Enum):
    """KEYPHRASE waits to be spoken to, REQUEST for the answer after it, STOP during a story."""

    KEYPHRASE = "keyphrase"
    REQUEST = "request"
    STOP = "stop"


@dataclass(frozen=True)
class Utterance:
    """One recognised utterance."""

    text: str
    confidence: float  # PocketSphinx: mean ln acoustic score per frame; Vosk: 0 to 1
    sure: bool = True  # confident enough, whole, and something that is listened for


@dataclass(frozen=True)
class KeyphraseOnly:
    """Somebody spoke to the box and has not yet said what it is to do."""


def relevant_part(text: str, listen_for: ListenFor, keyphrase: str) -> KeyphraseOnly | str | None:
    """The text itself where it is for us now, KeyphraseHeard for a bare call, else None.

    While waiting for the keyphrase a story must be asked for with it; "another one", "again",
    "louder" and the like need no keyphrase, they follow on a story.
    """
    request = understand(text)
    if listen_for is ListenFor.STOP:
        return text if request is not None and request.kind is RequestKind.STOP else None
    if listen_for is ListenFor.REQUEST:
        return text if request is not None else None
    if text == keyphrase:
        return KeyphraseOnly()
    if request is not None and request.kind is not RequestKind.STORY:
        return text
    if f" {keyphrase} " not in f" {text} ":
        return None
    return text if request is not None and request.things else KeyphraseOnly()
