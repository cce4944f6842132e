"""The choice between the microphones' drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storybot.errors import Exit, StorybotError

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings
    from storybot.hearing.microphones.microphone import Microphone


def open_microphone(settings: HearingSettings, profile: str) -> Microphone:
    """The microphone of the settings, ready to read; StorybotError(SOUND_IN) where it cannot be."""
    if settings.driver == "none":
        raise StorybotError(
            "hearing.driver is none, so that there is no microphone; set it to auto", Exit.SOUND_IN
        )
    if _driver(settings, profile) == "alsa":
        from storybot.hearing.microphones.alsa import AlsaMicrophone

        return AlsaMicrophone(settings.microphone)
    from storybot.hearing.microphones.portaudio import PortAudioMicrophone

    return PortAudioMicrophone(settings.microphone)


def microphones(settings: HearingSettings, profile: str) -> list[tuple[str, bool]]:
    """Name of every microphone that the driver finds, and whether it is the default one."""
    if _driver(settings, profile) == "alsa":
        from storybot.hearing.microphones.alsa import alsa_inputs

        return alsa_inputs()
    from storybot.hearing.microphones.portaudio import portaudio_inputs

    return portaudio_inputs()


def _driver(settings: HearingSettings, profile: str) -> str:
    """PortAudio pulls in 7 MB, too much for the small profile."""
    if settings.driver not in ("auto", "none"):
        return settings.driver
    return "alsa" if profile == "small" else "portaudio"
