"""Where sound comes in: one small interface, and the choice between its drivers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from storybot.errors import Exit, StorybotError
from storybot.settings import HearingSettings

LOST_AFTER = 2.0  # s without a sample: the device is gone, whatever its driver says


class Microphone(Protocol):
    """An open microphone; how it came to be open is its driver's affair."""

    name: str

    def read(self) -> bytes:
        """The next block: 16 kHz mono int16, about 0.1 s. StorybotError(SOUND_IN) once lost."""

    def close(self) -> None:
        """Release the device; nothing is read after that."""


def open_microphone(settings: HearingSettings, profile: str) -> Microphone:
    """The microphone of the settings, ready to read; StorybotError(SOUND_IN) where it cannot be."""
    if _driver(settings, profile) == "alsa":
        from storybot.hearing.alsa_in import AlsaMicrophone

        return AlsaMicrophone(settings.microphone)
    from storybot.hearing.portaudio_in import PortAudioMicrophone

    return PortAudioMicrophone(settings.microphone)


def microphones(settings: HearingSettings, profile: str) -> list[tuple[str, bool]]:
    """Name of every microphone that the driver finds, and whether it is the default one."""
    if _driver(settings, profile) == "alsa":
        from storybot.hearing.alsa_in import alsa_inputs

        return alsa_inputs()
    from storybot.hearing.portaudio_in import portaudio_inputs

    return portaudio_inputs()


def named(wanted: str, names: Sequence[str]) -> str:
    """The first name that holds `wanted` in any capitals; StorybotError where none does."""
    for name in names:
        if wanted.lower() in name.lower():
            return name
    there = ", ".join(names) or "none"
    raise StorybotError(f'no microphone is called "{wanted}"; there is: {there}', Exit.SOUND_IN)


def lost(name: str) -> StorybotError:
    return StorybotError(
        f"the microphone {name} gives no more sound; is it plugged in?", Exit.SOUND_IN
    )


def cannot_open(name: str, why: str) -> StorybotError:
    return StorybotError(
        f"cannot open the microphone {name} ({why}); is it plugged in and free?", Exit.SOUND_IN
    )


def _driver(settings: HearingSettings, profile: str) -> str:
    """PortAudio pulls in 7 MB, too much for the small profile."""
    if settings.driver != "auto":
        return settings.driver
    return "alsa" if profile == "small" else "portaudio"
