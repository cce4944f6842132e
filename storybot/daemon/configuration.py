"""What the daemon is configured to do now: settings, safety filter and profile, in one place."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from storybot.config import quiet_hours
from storybot.config.schema import Settings
from storybot.errors import StorybotError
from storybot.language.family import FamilyWord, use_family
from storybot.language.safety_filter import Filter
from storybot.stories.family_file import FamilyFile
from storybot.stories.forbidden_file import household_filter

LOG = logging.getLogger("storybot")


@dataclass
class Configuration:
    """Every service reads it when it needs a value; only `take` changes it."""

    settings: Settings
    allowed: Filter  # made of settings.safety
    family: tuple[FamilyWord, ...]  # of the file of settings.hearing.family_words
    profile: str  # "small" or "full"; never changes while the daemon runs

    @property
    def small(self) -> bool:
        """Whether the recogniser process and the engine must not run at the same time."""
        return self.profile == "small"

    def take(self, settings: Settings) -> None:
        """Replace settings, filter and the family's words, which are read again.

        StorybotError, and nothing changed, when they are bad.
        """
        allowed, family = _filter(settings), FamilyFile(settings.hearing.family_words).words()
        self.settings, self.allowed, self.family = settings, allowed, family
        use_family(family)


def configure(settings: Settings, profile: str) -> Configuration:
    """The configuration at the start; StorybotError when the settings are bad.

    A file of the family's words that cannot be read is passed over: stories are told without it.
    """
    allowed = _filter(settings)
    family: tuple[FamilyWord, ...] = ()
    try:
        family = FamilyFile(settings.hearing.family_words).words()
    except StorybotError as fault:
        LOG.error("the family's words are not known: %s", fault)
    use_family(family)
    return Configuration(settings, allowed, family, profile)


def _filter(settings: Settings) -> Filter:
    quiet_hours.is_quiet(time.localtime(), settings.bedtime)  # StorybotError for what is no time
    return household_filter(settings.safety)
