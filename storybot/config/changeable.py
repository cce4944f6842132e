"""The settings that may be changed while the daemon runs, until its next start or reload.

What protects the child (safety, the volume cap) and what names devices and files is not among
them: that stands in config.yaml alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from storybot.config import quiet_hours
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError

CHANGEABLE = (
    "hearing.answer_window",
    "hearing.questions",
    "hearing.barge_in",
    "telling.temperature",
    "telling.topp",
    "telling.longest",
    "telling.plot",
    "telling.length",
    "speaking.voice",
    "speaking.speed",
    "speaking.pitch",
    "speaking.dialogue_pitch",
    "speaking.pause_comma_s",
    "speaking.pause_sentence_s",
    "speaking.pause_paragraph_s",
    "speaking.pause_title_s",
    "bedtime.sleep_minutes",
    "bedtime.sleep_stories",
    "bedtime.fade",
    "bedtime.quiet_from",
    "bedtime.quiet_until",
    "bedtime.night_volume",
    "bedtime.night_speed",
)


def values(settings: Settings) -> dict[str, Any]:
    """Every changeable setting by its name, such as "speaking.speed"."""
    found = {}
    for name in CHANGEABLE:
        section, _, key = name.partition(".")
        found[name] = getattr(getattr(settings, section), key)
    return found


def changed(settings: Settings, new: Mapping[str, object]) -> Settings:
    """The settings with new values; StorybotError (Exit.CONFIG) for the first that is wrong."""
    from storybot.config.values import checked  # it imports difflib: only when it is needed

    for name, given in new.items():
        if name not in CHANGEABLE:
            known = ", ".join(CHANGEABLE)
            raise _wrong(name, f"cannot be changed while storybot runs; these can: {known}")
        section, _, key = name.partition(".")
        part = getattr(settings, section)
        kind = next(each for each in fields(part) if each.name == key)
        value, wrong = checked(kind, given)
        if wrong:
            raise _wrong(name, wrong)
        settings = replace(settings, **{section: replace(part, **{key: value})})
    for name, wrong in quiet_hours.find_faults(settings.bedtime):
        raise _wrong(name, wrong)
    return settings


def _wrong(name: str, sentence: str) -> StorybotError:
    return StorybotError(f"{name}: {sentence}", Exit.CONFIG)
