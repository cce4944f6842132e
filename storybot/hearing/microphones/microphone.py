"""Where sound comes in: one small interface for all drivers, and what they complain of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from storybot.errors import Exit, StorybotError

SILENCE_TIMEOUT_S = 2.0  # s without a sample: the device is gone, whatever its driver says


class Microphone(Protocol):
    """An open microphone; how it came to be open is its driver's affair."""

    name: str

    def read(self) -> bytes:
        """The next block: 16 kHz mono int16, about 0.1 s. StorybotError(SOUND_IN) once lost."""

    def close(self) -> None:
        """Release the device; nothing is read after that."""


def matching_name(wanted: str, names: Sequence[str]) -> str:
    """The first name that holds `wanted` in any capitals; StorybotError where none does."""
    for name in names:
        if wanted.lower() in name.lower():
            return name
    there = ", ".join(names) or "none"
    raise StorybotError(f'no microphone is called "{wanted}"; there is: {there}', Exit.SOUND_IN)


def microphone_lost(name: str) -> StorybotError:
    return StorybotError(
        f"the microphone {name} gives no more sound; is it plugged in?", Exit.SOUND_IN
    )


def microphone_cannot_open(name: str, why: str) -> StorybotError:
    return StorybotError(
        f"cannot open the microphone {name} ({why}); is it plugged in and free?", Exit.SOUND_IN
    )
