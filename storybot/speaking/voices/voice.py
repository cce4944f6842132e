"""What a voice is: text in, samples out, and where in them each word begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from storybot.errors import Exit, StorybotError
from storybot.speaking.limiter import Level


@dataclass(frozen=True)
class SpeechParameters:
    """How a sentence is spoken."""

    accent: str = "en-us"  # a voice name of espeak-ng, variants such as en-us+m3 included
    speed: int = 125  # words a minute as they are heard, with our pauses between the phrases
    pitch: int = 55  # 0 to 99


@dataclass(frozen=True)
class WordMark:
    """Where one word lies in the text and in the sound of its sentence."""

    sample: int  # from the sentence's first sample
    start: int  # index of its first character in the text
    length: int  # characters


@dataclass(frozen=True)
class Pcm:
    """A piece of sound."""

    samples: bytes  # int16, little endian, mono
    rate: int  # Hz
    words: tuple[WordMark, ...] = ()  # that are now known; may lie ahead of these samples

    @property
    def frames(self) -> int:
        return len(self.samples) // 2


_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")
PIECE_BYTES = 8192  # bytes handed on at once of a sound that is whole
OnPcm = Callable[[Pcm], bool]  # returns False when no more is wanted


class Voice(Protocol):
    """Turns phrases into sound, one at a time, in a thread of the caller's choosing."""

    name: str
    rate: int  # Hz of the samples it makes
    level: Level  # how much louder it is made

    def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
        """Hand the sound of `text` to `on_pcm` piece by piece, until it returns False.

        Raises StorybotError(Exit.SOUND_OUT) when the voice cannot speak so.
        """

    def stop(self) -> None:
        """End a synthesis that hangs; from any thread. It may then raise StorybotError."""

    def rest(self) -> None:
        """Nothing is to be said for a while: give back memory that is quickly had again."""


def plain_text(text: str) -> str:
    """`text` without what espeak-ng obeys instead of saying it, as long as before.

    Its program takes "[[" for the beginning of phonemes, and both it and the library take a control
    character for a command; a NUL ends the text.
    """
    return text.translate(_CONTROLS).replace("[[", "[ ")


def spread_words(text: str, frames: int) -> tuple[WordMark, ...]:
    """Guess where words begin, for a voice that does not tell: by the length of the text."""
    marks, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        marks.append(WordMark(frames * start // max(1, len(text)), start, len(word)))
        start += len(word)
    return tuple(marks)


def hand_on(text: str, samples: bytes, rate: int, on_pcm: OnPcm) -> bool:
    """Hand on the whole sound of `text`, its words guessed; False when no more of it was wanted."""
    words = spread_words(text, len(samples) // 2)
    for start in range(0, len(samples), PIECE_BYTES):
        piece = samples[start : start + PIECE_BYTES]
        if not on_pcm(Pcm(piece, rate, () if start else words)):
            return False
    return True


def unknown_accent(accent: str) -> StorybotError:
    """What a user is told about a name that is no English voice of espeak-ng."""
    return StorybotError(
        f"there is no voice {accent!r} for English; choose one that `storybot voices --accents` "
        "lists, such as en-us",
        Exit.SOUND_OUT,
    )
