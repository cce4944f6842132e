"""What a recogniser is: sound in, utterances out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor


class Recogniser(Protocol):
    """Takes the microphone's blocks one by one."""

    name: str
    # Called within a long decoding after each piece of it, with the piece's number of samples.
    meanwhile: Callable[[int], None]

    @property
    def speaking(self) -> bool:
        """Whether speech goes on at the end of the last block."""

    def listen_for(self, what: ListenFor) -> None:
        """What to recognise, from the next stretch of speech on."""

    def hear(self, block: bytes) -> list[Utterance | KeyphraseOnly]:
        """What was recognised by the end of this block: 16 kHz mono int16."""

    def finish(self) -> list[Utterance | KeyphraseOnly]:
        """What is recognised in the sound that is left; the stream of sound ends here."""
