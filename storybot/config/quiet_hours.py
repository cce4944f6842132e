"""Quiet hours: the time of day in which the box sleeps (pure)."""

from __future__ import annotations

from datetime import time

from storybot.config.schema import BedtimeSettings
from storybot.errors import Exit, StorybotError


def clock_time(text: str, key: str) -> time | None:
    """ "20:00" as a time; None where nothing is set; StorybotError (Exit.CONFIG) otherwise."""
    if not text:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise StorybotError(
            f'bedtime: {key} is "{text}", but a time such as "20:00" is expected; correct it.',
            Exit.CONFIG,
        ) from error


def is_quiet(now: time, settings: BedtimeSettings) -> bool:
    """Whether local time `now` lies in the quiet hours, which may pass midnight."""
    begin = clock_time(settings.quiet_from, "quiet_from")
    end = clock_time(settings.quiet_until, "quiet_until")
    if begin is None or end is None or begin == end:
        return False
    if begin < end:
        return begin <= now < end
    return now >= begin or now < end
