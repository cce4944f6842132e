"""The settings in force, and what is made from them once and used by several services."""

from __future__ import annotations

from datetime import time

from storybot.config import quiet_hours
from storybot.config.schema import Settings
from storybot.language.safety_filter import Filter, load_filter


class SharedSettings:
    """One for the whole daemon; changed by `take` alone."""

    def __init__(self, settings: Settings, profile: str) -> None:
        """StorybotError when the settings do not work."""
        self.profile = profile
        self.small = profile == "small"
        self.take(settings)

    def take(self, settings: Settings) -> None:
        """New settings; StorybotError, and nothing changed, when they do not work."""
        quiet_hours.is_quiet(time(), settings.bedtime)
        allowed: Filter = load_filter(settings.safety)
        self.settings, self.allowed = settings, allowed
