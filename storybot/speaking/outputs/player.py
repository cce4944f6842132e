"""What a player is: samples in, at the pace of the device, until told to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from storybot.errors import Exit, StorybotError
from storybot.speaking.gain import Gain

BLOCK_FRAMES = 512  # frames that go to a device at once: 23 ms at 22,050 Hz
FetchSamples = Callable[[int], bytes]  # at most so many frames; b"" when there is nothing to play


class Player(Protocol):
    """Plays int16 mono samples of one rate. Calls may come from several threads."""

    name: str  # the device, or the file
    gain: Gain  # per cent; may be moved while playing
    first_sound: float | None  # time.monotonic() of the first sample heard since open()
    latency: float  # s from here to the ear

    def open(self) -> None:
        """Take the device. Raises StorybotError(Exit.SOUND_OUT) when it cannot."""

    def write(self, samples: bytes) -> bool:
        """Queue samples; blocks while the queue is full. False: stop() came, they are dropped.

        Raises StorybotError(Exit.SOUND_OUT) when the device is lost.
        """

    def written(self) -> int:
        """Frames given to write() so far."""

    def played(self) -> int:
        """Frames of those that lie behind us, heard or dropped; never falls."""

    def check(self) -> None:
        """Raise StorybotError(Exit.SOUND_OUT) when there is sound to play and it does not move."""

    def reopen(self) -> None:
        """Take a lost device again, found by its name; what is queued is played then."""

    def pause(self) -> None:
        """Fall silent within some tens of ms and keep the place."""

    def resume(self) -> None:
        """Go on after pause()."""

    def stop(self) -> None:
        """Fall silent within some tens of ms and drop what is queued; write() works at once."""

    def rest(self) -> None:
        """Everything was played: give the device back until the next write()."""

    def close(self) -> None:
        """Stop and give everything back; a file is then complete, or gone without a rest()."""


class OutputDevice(Protocol):
    """A device that draws samples from a QueuedPlayer."""

    name: str

    def open(self, rate: int, fetch: FetchSamples) -> float:
        """Start drawing from `fetch`; returns the s from there to the ear."""

    def alive(self) -> bool:
        """Whether the open device still works, as far as it tells."""

    def discard(self) -> bool:
        """Drop what the device still holds; from any thread, and without waiting for anything.

        True: it plays no more until it was closed and opened again.
        """

    def finish(self) -> None:
        """Let what the device still holds be heard, then give it back."""

    def close(self) -> None:
        """Stop drawing at once and give the device back."""


def no_loudspeaker(wanted: str = "") -> StorybotError:
    """What a user is told when the device is not there."""
    what = f"there is no loudspeaker named {wanted}" if wanted else "there is no loudspeaker"
    return StorybotError(f"{what}; plug one in and look with `storybot devices`", Exit.SOUND_OUT)


def loudspeaker_cannot_open(name: str, reason: str) -> StorybotError:
    """What a user is told when the device is there but will not play."""
    if "busy" in reason.lower():
        advice = "another program plays through it: end that one or choose another loudspeaker"
    else:
        advice = "look with `storybot devices` and name another in speaking.speaker"
    return StorybotError(
        f"the loudspeaker {name} cannot be opened ({reason}); {advice}", Exit.SOUND_OUT
    )
