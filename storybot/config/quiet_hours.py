"""Quiet hours: the time of day in which the box sleeps (pure)."""

from __future__ import annotations

from collections.abc import Iterator
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


def find_faults(settings: BedtimeSettings) -> Iterator[tuple[str, str]]:
    """Each "bedtime.KEY" that is wrong, and why."""
    given = {"quiet_from": settings.quiet_from, "quiet_until": settings.quiet_until}
    for key, text in given.items():
        try:
            told = clock_time(text, key)
            right = told is None or told.tzinfo is None  # the hours are those of the place
        except StorybotError:
            right = False
        if not right:
            yield f"bedtime.{key}", f'expected a time such as "20:00", not {text!r}'
    missing = [key for key, text in given.items() if not text]
    if len(missing) == 1:
        (there,) = given.keys() - missing
        yield f"bedtime.{there}", f"without {missing[0]} there are no quiet hours; give both"


def is_quiet(now: time, settings: BedtimeSettings) -> bool:
    """Whether local time `now` lies in the quiet hours, which may pass midnight."""
    begin = clock_time(settings.quiet_from, "quiet_from")
    end = clock_time(settings.quiet_until, "quiet_until")
    if begin is None or end is None or begin == end:
        return False
    if begin < end:
        return begin <= now < end
    return now >= begin or now < end
