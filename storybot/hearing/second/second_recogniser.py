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
    # By how much its ln probability is above that of the likeliest text that it was asked about;
    # None: the recogniser cannot tell.
    lead: float | None = None
    others: tuple[tuple[str, float], ...] = ()  # other texts, and by how much they are less likely

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

    def ask(self, pcm: bytes, suspected: Sequence[str]) -> bool:
        """Begin with this speech (16 kHz mono int16); False: it cannot now.

        `suspected`: ways to write what was probably said.
        """

    def answer(self) -> Transcript | None:
        """The transcript of what was asked, once it is there; looks after the process, too."""

    def forget(self) -> None:
        """What was asked is not waited for any more."""

    def close(self) -> None:
        """End it."""
