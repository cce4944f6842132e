"""A voice that speaks a tone: quick, without a library, and it can fail."""

from __future__ import annotations

import threading

from storybot.errors import Exit, StorybotError
from storybot.speaking.limiter import Level
from storybot.speaking.voices.voice import OnPcm, Pcm, SpeechParameters, WordMark

RATE = 8000  # Hz
LETTER = 400  # frames: 50 ms for each character
PIECE = 5 * LETTER  # frames handed on at once


class ToneVoice:
    """Each character lasts 50 ms; words are marked where they begin."""

    name = "tone"
    rate = RATE
    level = Level(0.0)

    def __init__(self) -> None:
        self.spoken: list[tuple[str, SpeechParameters]] = []
        self.fault: StorybotError | None = None
        self.held = threading.Event()  # cleared: the voice waits before each piece
        self.held.set()
        self.stopped = False
        self.rested = 0
        self.late = 0  # frames that the marks of words lie behind where the words begin

    def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
        self.spoken.append((text, parameters))
        if self.fault is not None:
            raise self.fault
        samples = b"\x00\x10\x00\xf0" * (len(text) * LETTER // 2)
        start = 0
        for word in text.split():
            start = text.index(word, start)
            mark = WordMark(start * LETTER + self.late, start, len(word))
            if not on_pcm(Pcm(b"", RATE, (mark,))):
                return
            start += len(word)
        for at in range(0, len(samples), 2 * PIECE):
            self.held.wait(10)
            if not on_pcm(Pcm(samples[at : at + 2 * PIECE], RATE)):
                return

    def rest(self) -> None:
        self.rested += 1

    def stop(self) -> None:
        self.stopped = True


def voice_fault() -> StorybotError:
    """What a voice raises that cannot speak."""
    return StorybotError("the voice is hoarse", Exit.SOUND_OUT)
