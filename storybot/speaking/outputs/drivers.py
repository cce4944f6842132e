"""Which player the settings lead to."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from storybot.config.schema import SpeakingSettings
from storybot.speaking.outputs.player import Player


def chosen_driver(settings: SpeakingSettings, profile: str) -> str:
    """The driver's name: auto is alsa in the small profile or without PyAudio, else portaudio."""
    if settings.driver != "auto":
        return settings.driver
    if profile == "small" or importlib.util.find_spec("pyaudio") is None:
        return "alsa"
    return "portaudio"


def make_player(
    settings: SpeakingSettings, profile: str, rate: int, wav: Path | None = None
) -> Player:
    """A player for samples of `rate` Hz, not yet open; `wav` wins over the settings."""
    driver = "wav" if wav is not None else chosen_driver(settings, profile)
    if driver == "silent":
        from storybot.speaking.outputs.silent import SilentPlayer

        return SilentPlayer(rate, settings.volume)
    if driver == "wav":
        from storybot.speaking.outputs.wav import WavPlayer

        return WavPlayer(wav or Path("story.wav"), rate, settings.volume)
    from storybot.speaking.outputs.queued_player import QueuedPlayer

    if driver == "alsa":
        from storybot.speaking.outputs.alsa import AlsaOutput

        return QueuedPlayer(AlsaOutput(settings.speaker), rate, settings.volume)
    from storybot.speaking.outputs.portaudio import PortAudioOutput

    return QueuedPlayer(PortAudioOutput(settings.speaker), rate, settings.volume)
