"""What a second recogniser is: asked about a stretch of speech, it answers in time or not at all.

It may be a process of this machine or a service elsewhere. Nothing here may block: whoever asks
reads a microphone in the same thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

NO_SPEECH_MAX = 0.7  # probability; noise and silence are above 0.9, a bare "stop" is at 0.45


@dataclass(frozen=True)
class Transcript:
    """What was said."""

    text: str  # as it is written, with capitals and full stops
    no_speech: float = 0.0  # the model's probability that nobody spoke
    # By how much its ln probability is above that of each text that it was suspected to be; none
    # where the recogniser cannot tell.
    leads: tuple[float, ...] = ()
    others: tuple[tuple[str, float], ...] = ()  # other texts, and by how much they are less likely

    @property
    def lead(self) -> float | None:
        """The least of its leads; None: not known."""
        return min(self.leads, default=None)

    @property
    def words(self) -> str:
        """The text; "" where words were made up over noise or silence."""
        return "" if self.no_speech > NO_SPEECH_MAX else self.text.strip()


class State(Enum):
    """Whether it can be asked."""

    LOADING = "loading"
    READY = "ready"
    LOST = "lost"


class SecondRecogniser(Protocol):
    """One question at a time."""

    name: str

    @property
    def state(self) -> State:
        """How it is now."""

    @property
    def pid(self) -> int | None:
        """Its process on this machine; None: it has none."""

    @property
    def trouble(self) -> str:
        """The sentence that says why it is lost; empty: it is not."""

    def ask(self, pcm: bytes, suspected: Sequence[str], slower: float = 1.0) -> bool:
        """Begin with this speech (16 kHz mono int16); False: it cannot now.

        `suspected`: ways to write what was probably said. `slower`: how many times slower, and
        lower, it would have been by an adult; a recogniser made for adults plays it so.
        """

    def ask_again(self, texts: Sequence[str]) -> bool:
        """Begin to find how likely these are in the same speech; False: it cannot tell.

        The answer is the last transcript, with these among its `others`.
        """

    def answer(self) -> Transcript | None:
        """The transcript of what was asked, once it is there; looks after the process, too."""

    def forget(self) -> None:
        """What was asked is not waited for any more."""

    def close(self) -> None:
        """End it."""
