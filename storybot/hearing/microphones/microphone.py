"""What a microphone is, and the errors that all drivers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from storybot.errors import Exit, StorybotError
from storybot.system.device_names import unknown_device

SILENCE_TIMEOUT_S = 2.0  # s without a sample: the device is gone, whatever its driver says


class Microphone(Protocol):
    """An open microphone."""

    name: str

    @property
    def overruns(self) -> int:
        """Times that sound was lost since it was opened, as far as its driver tells."""

    def read(self) -> bytes:
        """The next block: 16 kHz mono int16, about 0.1 s. StorybotError(SOUND_IN) once lost."""

    def close(self) -> None:
        """Release the device; nothing is read after that."""


def no_microphone(wanted: str, names: Sequence[str]) -> StorybotError:
    fault = f'no microphone is called "{wanted}"'
    return StorybotError(unknown_device(fault, wanted, names), Exit.SOUND_IN)


def microphone_lost(name: str) -> StorybotError:
    return StorybotError(
        f"the microphone {name} gives no more sound; is it plugged in?", Exit.SOUND_IN
    )


def microphone_cannot_open(name: str, why: str, advice: str = "") -> StorybotError:
    advice = advice or "is it plugged in and free?"
    return StorybotError(f"cannot open the microphone {name} ({why}); {advice}", Exit.SOUND_IN)
