"""What a player is: it takes samples and plays them at the rate of its device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from storybot.errors import Exit, StorybotError
from storybot.speaking.gain import Gain
from storybot.system.device_names import unknown_device

BLOCK_FRAMES = 512  # frames that go to a device at once: 23 ms at 22,050 Hz
FetchSamples = Callable[[int], bytes]  # at most so many frames; b"" when there is nothing to play


class Player(Protocol):
    """Plays int16 mono samples of one rate. Calls may come from several threads."""

    name: str  # the device, or the file
    gain: Gain  # per cent; may be moved while playing
    first_sound: float | None  # time.monotonic() of the first sample heard since open()
    latency: float  # s from the device's buffer until the sample is heard

    @property
    def underruns(self) -> int:
        """Times that the device ran dry since this was made, as far as its driver tells."""

    def open(self) -> None:
        """Open the device. Raises StorybotError(Exit.SOUND_OUT) when it cannot."""

    def write(self, samples: bytes) -> bool:
        """Queue samples; blocks while the queue is full. False: stop() came, they are dropped.

        Raises StorybotError(Exit.SOUND_OUT) when the device is lost.
        """

    def written(self) -> int:
        """Frames given to write() so far."""

    def played(self) -> int:
        """Frames of those that were heard or dropped; never falls."""

    def idle_s(self) -> float:
        """s for which nothing was heard, since everything queued was; 0 where no time passes."""

    def check(self) -> None:
        """Raise StorybotError(Exit.SOUND_OUT) when the device takes no more of the queued sound."""

    def reopen(self) -> None:
        """Open a lost device again, found by its name, and play what is queued."""

    def pause(self) -> None:
        """Be silent within some tens of ms, and keep what is queued."""

    def resume(self) -> None:
        """Go on after pause()."""

    def stop(self) -> None:
        """Be silent within some tens of ms and drop what is queued; write() works at once."""

    def release(self) -> None:
        """After everything was played: release the device until the next write()."""

    def close(self) -> None:
        """Stop and release everything. A file is complete then, or removed without a release()."""


class OutputDevice(Protocol):
    """A device that draws samples from a QueuedPlayer."""

    name: str

    @property
    def underruns(self) -> int:
        """Times that it ran dry since it was made, as far as its driver tells."""

    def open(self, rate: int, fetch: FetchSamples) -> float:
        """Start drawing from `fetch`; returns s from there until it is heard."""

    def alive(self) -> bool:
        """Whether the open device still works, as far as its driver can tell."""

    def discard(self) -> bool:
        """Drop what the device still holds; from any thread, and without waiting for anything.

        True: it plays no more until it was closed and opened again.
        """

    def finish(self) -> None:
        """Play what the device still holds, then release it."""

    def close(self) -> None:
        """Stop drawing at once and release the device."""


def no_loudspeaker(wanted: str = "", names: Sequence[str] = ()) -> StorybotError:
    """What a user is told when the device is not there; `names` are those that are."""
    if wanted:
        fault = f"there is no loudspeaker named {wanted}"
        return StorybotError(unknown_device(fault, wanted, names), Exit.SOUND_OUT)
    return StorybotError(
        "there is no loudspeaker; plug one in and look with `storybot devices`", Exit.SOUND_OUT
    )


def loudspeaker_cannot_open(name: str, reason: str) -> StorybotError:
    """What a user is told when the device is there but will not play."""
    if "busy" in reason.lower():
        advice = "another program plays through it: end that one or choose another loudspeaker"
    else:
        advice = "look with `storybot devices` and name another in speaking.speaker"
    return StorybotError(
        f"the loudspeaker {name} cannot be opened ({reason}); {advice}", Exit.SOUND_OUT
    )
