"""Which player the settings choose."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from storybot.config.schema import SpeakingSettings
from storybot.drivers import driver
from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs.player import Player


def make_player(
    settings: SpeakingSettings, profile: str, rate: int, wav: Path | None = None
) -> Player:
    """A player for samples of `rate` Hz, not yet open; with `wav` it writes that file."""
    name = "wav" if wav is not None else chosen(settings, profile)
    player: Player = driver("output", name).make(settings, rate, wav)
    return player


def loudspeaker_names(settings: SpeakingSettings, profile: str) -> list[tuple[str, bool]]:
    """Name of every loudspeaker that the driver finds, and whether it is the default one."""
    name = chosen(settings, profile)
    module = driver("output", name)
    if not hasattr(module, "device_names"):
        raise StorybotError(f"the driver {name} has no loudspeakers", Exit.SOUND_OUT)
    found: list[tuple[str, bool]] = module.device_names()
    return found


def chosen(settings: SpeakingSettings, profile: str) -> str:
    """The driver's name. "auto" is alsa in the small profile or without PyAudio."""
    if settings.driver != "auto":
        return settings.driver
    if profile == "small" or importlib.util.find_spec("pyaudio") is None:
        return "alsa"
    return "portaudio"
