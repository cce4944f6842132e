"""Quiet hours: the time of day in which the box sleeps (pure).

Both settings are a time for every day, and times for some days: "20:00, fri 21:00, sat none". A day
is the one on which quiet hours begin; they may pass midnight, and last until that day's end.

Without `datetime`, which takes 0.15 MB and would be needed for nothing else.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from storybot.config.schema import BedtimeSettings
from storybot.errors import Exit, StorybotError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NONE = "none"  # in place of a time: no quiet hours begin on that day
EXPECTED = 'expected a time such as "20:00", or "20:00, fri 21:00, sat none"'

Clock = tuple[int, ...]  # hour, minute and second of a time of day
Week = tuple[Clock | None, ...]  # of each day, Monday first

# 20:00:30, 20:00 or 20; the colons may be missing.
_ISO_TIME = re.compile("([01][0-9]|2[0-3])(?::?([0-5][0-9])(?::?([0-5][0-9]))?)?")


def week(text: str, key: str) -> Week:
    """The times of the setting `key`; StorybotError (Exit.CONFIG) where they cannot be read."""
    times: list[Clock | None] = [None] * len(DAYS)
    try:
        for place, entry in enumerate(text.split(",") if text else ()):
            day, _, clock = entry.strip().rpartition(" ")
            if not day and place == 0:
                times = [_clock(clock)] * len(DAYS)
            else:
                times[DAYS.index(day.strip().lower())] = None if clock == NONE else _clock(clock)
    except ValueError as error:
        raise StorybotError(
            f"bedtime: {key}: {EXPECTED}, not {text!r}; correct it.", Exit.CONFIG
        ) from error
    return tuple(times)


def _clock(text: str) -> Clock:
    found = _ISO_TIME.fullmatch(text)
    if found is None:
        raise ValueError
    return tuple(int(part or 0) for part in found.groups())


def find_faults(settings: BedtimeSettings) -> Iterator[tuple[str, str]]:
    """Each "bedtime.KEY" that is wrong, and why."""
    given = {"quiet_from": settings.quiet_from, "quiet_until": settings.quiet_until}
    weeks: list[Week] = []
    for key, text in given.items():
        try:
            weeks.append(week(text, key))
        except StorybotError:
            yield f"bedtime.{key}", f"{EXPECTED}, not {text!r}"
    missing = [key for key, text in given.items() if not text]
    if len(missing) == 1:
        (there,) = given.keys() - missing
        yield f"bedtime.{there}", f"without {missing[0]} there are no quiet hours; give both"
    elif len(weeks) == len(given):
        for day, begin, end in zip(DAYS, *weeks, strict=True):
            if begin is not None and end is None:
                yield "bedtime.quiet_until", f"has no time for {day}, which quiet_from has"


def is_quiet(now: time.struct_time, settings: BedtimeSettings) -> bool:
    """Whether local time `now` lies in the quiet hours of its day, or of the day before."""
    begins = week(settings.quiet_from, "quiet_from")
    ends = week(settings.quiet_until, "quiet_until")
    clock, today = now[3:6], now.tm_wday
    begin, end = begins[today], ends[today]
    if begin is not None and end is not None:
        if begin < end and begin <= clock < end:
            return True
        if begin > end and clock >= begin:
            return True
    begin, end = begins[today - 1], ends[today - 1]  # -1: Sunday
    return begin is not None and end is not None and begin > end and clock < end
