"""Which loudspeakers there are."""

from __future__ import annotations

from storybot.errors import Exit, StorybotError
from storybot.settings import SpeakingSettings
from storybot.speaking.players import chosen


def loudspeakers(settings: SpeakingSettings, profile: str) -> list[tuple[str, bool]]:
    """Name of every loudspeaker that the driver finds, and whether it is the default one."""
    driver = chosen(settings, profile)
    if driver == "portaudio":
        from storybot.speaking.portaudio_out import portaudio_outputs

        return portaudio_outputs()
    if driver == "alsa":
        from storybot.speaking.alsa_out import alsa_outputs

        return alsa_outputs()
    raise StorybotError(f"the driver {driver} has no loudspeakers", Exit.SOUND_OUT)
