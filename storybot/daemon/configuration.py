"""What the daemon is configured to do now: settings, safety filter and profile, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from storybot.config import quiet_hours
from storybot.config.schema import Settings
from storybot.language.safety_filter import Filter, load_filter


@dataclass
class Configuration:
    """Every service reads it when it needs a value; only `take` changes it."""

    settings: Settings
    allowed: Filter  # made of settings.safety
    profile: str  # "small" or "full"; never changes while the daemon runs

    @property
    def small(self) -> bool:
        """Whether the recogniser process and the engine must not run at the same time."""
        return self.profile == "small"

    def take(self, settings: Settings) -> None:
        """Replace settings and filter; StorybotError, and nothing changed, when they are bad."""
        self.settings, self.allowed = settings, _filter(settings)


def configure(settings: Settings, profile: str) -> Configuration:
    """The configuration at the start; StorybotError when the settings are bad."""
    return Configuration(settings, _filter(settings), profile)


def _filter(settings: Settings) -> Filter:
    quiet_hours.is_quiet(time(), settings.bedtime)  # StorybotError where no times can be read
    return load_filter(settings.safety)
