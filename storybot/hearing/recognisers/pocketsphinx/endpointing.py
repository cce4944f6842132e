"""Endpointing: finds stretches of speech in the sound, by PocketSphinx's endpointer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pocketsphinx import Endpointer

from storybot.hearing.pcm import SAMPLE_RATE_HZ

WINDOW_S = 0.3  # in which the beginning or end of speech is decided
# share of the window's frames that must agree; 0.9 missed 7 of 56 in 20 dB of noise
AGREEING_SHARE = 0.7
# of WebRTC's voice detector, 0 to 3; 3 lost up to half a second of the beginning
VAD_STRICTNESS = 2
MARGIN_S = 0.3  # kept around speech: the endpointer misses the "t" of "tell"
SPEECH_MIN_S = 0.2  # shorter sounds are knocks or coughs
BYTES_PER_S = 2 * SAMPLE_RATE_HZ  # bytes


@dataclass(frozen=True)
class Speech:
    """A stretch of speech with MARGIN_S around it."""

    pcm: bytes  # 16 kHz mono int16
    begun: float  # s from where listening began
    denoised: bytes = b""  # the same without noise; empty where there is little

    @property
    def clearest(self) -> bytes:
        """What is best decoded."""
        return self.denoised or self.pcm

    @property
    def end(self) -> float:
        """s from where listening began."""
        return self.begun + self.seconds

    @property
    def seconds(self) -> float:
        return len(self.pcm) / BYTES_PER_S

    def until(self, size: int) -> Speech:
        """Its first so many bytes; of a negative number, all but the last."""
        return replace(self, pcm=self.pcm[:size], denoised=self.denoised[:size])


def joined(first: Speech, second: Speech) -> Speech:
    """Both as one; of the pause between them the margins are kept."""
    noisy = first.denoised or second.denoised
    denoised = first.clearest + second.clearest if noisy else b""
    return Speech(first.pcm + second.pcm, second.begun - first.seconds, denoised)


class SpeechDetector:
    """Takes blocks of sound and returns each stretch of speech that has ended.

    A stretch is cut after `longest` seconds: in a noisy room the endpointer finds no end.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._begin_stream()

    def _begin_stream(self) -> None:
        self._endpointer = Endpointer(WINDOW_S, AGREEING_SHARE, VAD_STRICTNESS, SAMPLE_RATE_HZ)
        self._sound = bytearray()  # what is kept of the stream, its end still unprocessed
        self._first = 0.0  # s, when the kept sound begins
        self._processed = 0  # bytes of the kept sound that the endpointer has seen
        self._start: float | None = None  # s, when the speech going on began

    def feed(self, block: bytes) -> list[Speech]:
        """The stretches of speech that ended within this block."""
        ended = []
        self._sound += block
        frame = self._endpointer.frame_bytes
        while self._processed + frame <= len(self._sound):
            self._endpointer.process(bytes(self._sound[self._processed :][:frame]))
            self._processed += frame
            now = self._first + self._processed / BYTES_PER_S
            if self._start is None:
                if self._endpointer.in_speech:
                    self._start = self._endpointer.speech_start - MARGIN_S
                else:
                    self._forget(now - WINDOW_S - MARGIN_S)
            elif not self._endpointer.in_speech:
                ended += self._cut(min(now, self._endpointer.speech_end + MARGIN_S))
                self._start = None
            elif now - self._start >= self._longest:
                ended += self._cut(now)
                self._start = now
        return ended

    @property
    def speaking(self) -> bool:
        """Whether speech goes on now."""
        return self._start is not None

    def silent_at(self, time: float) -> bool:
        """Whether no speech was going on at this time, in s, which is over."""
        now = self._first + self._processed / BYTES_PER_S
        return now >= time and self._start is None

    def finish(self) -> list[Speech]:
        """The stretch that was going on when the sound ended."""
        rest = (
            [] if self._start is None else self._cut(self._first + len(self._sound) / BYTES_PER_S)
        )
        self._begin_stream()
        return rest

    def _cut(self, end: float) -> list[Speech]:
        assert self._start is not None
        speech = bytes(self._sound[self._offset(self._start) : self._offset(end)])
        begun = max(self._start, self._first)
        self._forget(end)
        long_enough = len(speech) >= (SPEECH_MIN_S + MARGIN_S) * BYTES_PER_S
        return [Speech(speech, begun)] if long_enough else []

    def _forget(self, until: float) -> None:
        dropped = self._offset(until)
        del self._sound[:dropped]
        self._first += dropped / BYTES_PER_S
        self._processed -= dropped

    def _offset(self, time: float) -> int:
        """Where in the kept sound this second lies, in bytes, on a whole sample."""
        return max(0, int((time - self._first) * SAMPLE_RATE_HZ)) * 2
