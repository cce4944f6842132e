"""Which microphone the settings choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storybot.drivers import driver
from storybot.errors import Exit, StorybotError, refused

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings
    from storybot.hearing.microphones.microphone import Microphone


def open_microphone(settings: HearingSettings, profile: str) -> Microphone:
    """The microphone of the settings, ready to read.

    Raises StorybotError(Exit.SOUND_IN) where there is none or it cannot be opened.
    """
    if settings.driver == "none":
        raise StorybotError(
            "hearing.driver is none, so that there is no microphone; set it to auto", Exit.SOUND_IN
        )
    try:
        microphone: Microphone = driver("microphone", chosen(settings, profile)).make(settings)
    except OSError as error:
        raise refused("the microphone cannot be opened", error, Exit.SOUND_IN) from None
    return microphone


def microphone_names(settings: HearingSettings, profile: str) -> list[tuple[str, bool]]:
    """Name of every microphone that the driver finds, and whether it is the default one."""
    found: list[tuple[str, bool]] = driver("microphone", chosen(settings, profile)).device_names()
    return found


def chosen(settings: HearingSettings, profile: str) -> str:
    """The driver's name. "auto" is alsa in the small profile: PortAudio takes 7 MB."""
    if settings.driver not in ("auto", "none"):
        return settings.driver
    return "alsa" if profile == "small" else "portaudio"
