"""Which loudspeakers there are."""

from __future__ import annotations

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs.drivers import chosen_driver


def loudspeakers(settings: SpeakingSettings, profile: str) -> list[tuple[str, bool]]:
    """Name of every loudspeaker that the driver finds, and whether it is the default one."""
    driver = chosen_driver(settings, profile)
    if driver == "portaudio":
        from storybot.speaking.outputs.portaudio import portaudio_outputs

        return portaudio_outputs()
    if driver == "alsa":
        from storybot.speaking.outputs.alsa import alsa_outputs

        return alsa_outputs()
    raise StorybotError(f"the driver {driver} has no loudspeakers", Exit.SOUND_OUT)
