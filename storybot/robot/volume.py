"""Volume and speed of speech, which are lower at night."""

from __future__ import annotations

from storybot.config.schema import BedtimeSettings

VOLUME_STEP = 10  # per cent; "louder" and "softer"


def sounding_volume(percent: int, night: bool, bed: BedtimeSettings) -> int:
    """The volume that is played when `percent` is set."""
    return round(percent * bed.night_volume / 100) if night else percent


def pace(night: bool, bed: BedtimeSettings) -> int:
    """Speed of speech, per cent of the set one."""
    return bed.night_speed if night else 100
