"""What the daemon is configured to do now: settings, safety filter and profile, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from storybot.config.schema import Settings
from storybot.language.safety_filter import Filter, load_filter


@dataclass
class Configuration:
    """Every service reads it when it needs a value; a reload replaces settings and filter."""

    settings: Settings
    allowed: Filter  # made of settings.safety
    profile: str  # "small" or "full"; never changes while the daemon runs

    @property
    def small(self) -> bool:
        """Whether the recogniser process and the engine must not run at the same time."""
        return self.profile == "small"


def configure(settings: Settings, profile: str) -> Configuration:
    """The configuration at the start; StorybotError where the word list cannot be read."""
    return Configuration(settings, load_filter(settings.safety), profile)
