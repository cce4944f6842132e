"""A player for real devices: a bounded queue that the device draws from."""

from __future__ import annotations

import threading
import time
from collections import deque

from storybot.errors import Exit, StorybotError
from storybot.speaking.gain import Gain
from storybot.speaking.outputs.player import OutputDevice

QUEUE_MAX_S = 2.0  # s of sound kept ahead, so that a slow voice has time for its next sentence
# Without a draw, though there is sound, until the device is lost. PulseAudio's null sink draws
# every 2 s when nobody asks it for less.
STALLED_AFTER_S = 3.0


class QueuedPlayer:
    """An OutputDevice with a queue, volume, pause and stop. Samples are int16 mono of `rate` Hz."""

    def __init__(self, output: OutputDevice, rate: int, volume: float) -> None:
        self.name = output.name
        self.gain = Gain(volume, rate)
        self.first_sound: float | None = None
        self.latency = 0.0  # s
        self._output, self._rate = output, rate
        self._device = threading.Lock()  # held while the device is opened or closed
        self._change = threading.Condition()
        self._queue: deque[bytes] = deque()
        self._queued = 0  # frames in _queue
        self._written = 0  # frames
        self._stops = 0  # calls of stop()
        self._open = self._paused = False
        self._discarded = False  # stop() made the device drop its sound: it must be opened anew
        self._drawn_at = 0.0  # monotonic s when the device last drew
        self._sound_at = 0.0  # monotonic s when it last got samples

    def open(self) -> None:
        with self._device:
            if self._discarded:
                self._give_back()
            if not self._open:
                self._discarded = False  # that was said of the device before
                self.latency = self._output.open(self._rate, self._fetch)
                self._drawn_at = time.monotonic()
                self._open = True

    def write(self, samples: bytes) -> bool:
        self.open()
        frames = len(samples) // 2
        with self._change:
            stops = self._stops
            while self._queued > 0 and self._queued + frames > QUEUE_MAX_S * self._rate:
                self._change.wait(STALLED_AFTER_S / 3)
                if self._stops != stops:
                    return False
                self.check()
            self._queue.append(samples)
            self._queued += frames
            self._written += frames
        return True

    @property
    def underruns(self) -> int:
        return self._output.underruns

    def written(self) -> int:
        return self._written

    def played(self) -> int:
        with self._change:
            drawn = self._written - self._queued
            late = self.latency - (time.monotonic() - self._sound_at)
        return drawn - max(0, min(drawn, round(late * self._rate)))

    def idle_s(self) -> float:
        with self._change:
            if self._queued or self._paused:
                return 0.0
            return max(0.0, time.monotonic() - self._sound_at - self.latency)

    def check(self) -> None:
        if self._queued == 0 or self._paused:
            return
        late = time.monotonic() - self._drawn_at > STALLED_AFTER_S
        if late or not self._open or not self._output.alive():
            raise StorybotError(
                f"the loudspeaker {self.name} takes no more sound; plug it in again", Exit.SOUND_OUT
            )

    def reopen(self) -> None:
        self._close_device()
        self.open()

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._drawn_at = time.monotonic()
        self._paused = False

    def stop(self) -> None:
        with self._change:
            self._stops += 1
            self._queue.clear()
            self._queued = 0
            self._paused = False
            self._change.notify_all()
        # No lock: whoever holds it waits for the device, and this is called on the event loop.
        if self._output.discard():
            self._discarded = True

    def release(self) -> None:
        with self._device:
            if self._open:
                self._open = self._discarded = False
                self._output.finish()

    def close(self) -> None:
        self.stop()
        self._close_device()

    def _close_device(self) -> None:
        with self._device:
            self._give_back()

    def _give_back(self) -> None:
        if self._open:
            self._open = self._discarded = False
            self._output.close()

    def _fetch(self, frames: int) -> bytes:
        """What the device plays next: up to so many frames; runs in the device's thread."""
        now = time.monotonic()
        self._drawn_at = now
        if self._paused:
            return b""
        with self._change:
            drawn = self._draw(frames)
            if drawn:
                self._sound_at = now
                self._change.notify_all()
        if drawn and self.first_sound is None:
            self.first_sound = now + self.latency
        return self.gain.apply(drawn)

    def _draw(self, frames: int) -> bytes:
        pieces, missing = [], 2 * frames
        while missing and self._queue:
            piece = self._queue.popleft()
            if len(piece) > missing:
                self._queue.appendleft(piece[missing:])
                piece = piece[:missing]
            pieces.append(piece)
            missing -= len(piece)
        drawn = b"".join(pieces)
        self._queued -= len(drawn) // 2
        return drawn
