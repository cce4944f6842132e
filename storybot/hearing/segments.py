"""Cuts the stream of sound into stretches of speech, by PocketSphinx's endpointer."""

from __future__ import annotations

from pocketsphinx import Endpointer

from storybot.hearing.pcm import RATE

WINDOW = 0.3  # s in which speech or its end is decided
RATIO = 0.9  # share of the window's frames that must agree
STRICTEST = 3  # WebRTC's voice detector: least likely to take noise for speech
SHORTEST = 0.25  # s; what is shorter was a knock or a cough
SAMPLE_OF_SILENCE = bytes(2)  # the endpointer refuses an empty end


class Segments:
    """Feed it blocks; it hands out each finished stretch of speech as int16 mono PCM.

    A stretch is cut after `longest` seconds: in babble the endpointer never finds an end.
    """

    def __init__(self, longest: float) -> None:
        self._longest = 2 * int(longest * RATE)  # bytes
        self._endpointer = Endpointer(WINDOW, RATIO, STRICTEST, RATE)
        self._pending = bytearray()
        self._speech = bytearray()

    @property
    def in_speech(self) -> bool:
        return bool(self._speech)

    def feed(self, block: bytes) -> list[bytes]:
        """The stretches of speech that ended within this block."""
        ended = []
        self._pending += block
        frame_bytes = self._endpointer.frame_bytes
        while len(self._pending) >= frame_bytes:
            speech = self._endpointer.process(bytes(self._pending[:frame_bytes]))
            del self._pending[:frame_bytes]
            if speech is not None:
                self._speech += speech
            if self._speech and (
                not self._endpointer.in_speech or len(self._speech) >= self._longest
            ):
                ended += self._cut()
        return ended

    def finish(self) -> list[bytes]:
        """The stretch that was going on when the sound ended."""
        rest = self._endpointer.end_stream(bytes(self._pending) or SAMPLE_OF_SILENCE)
        self._pending.clear()
        if rest is not None:
            self._speech += rest
        self._endpointer = Endpointer(WINDOW, RATIO, STRICTEST, RATE)
        return self._cut() if self._speech else []

    def _cut(self) -> list[bytes]:
        speech = bytes(self._speech)
        self._speech.clear()
        return [speech] if len(speech) >= 2 * SHORTEST * RATE else []
