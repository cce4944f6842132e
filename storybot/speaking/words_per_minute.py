"""From words a minute, as they are heard, to the rate that a voice has to be given.

A listener's words a minute count the pauses. Those of ours take PAUSES_S_PER_WORD at their default
lengths, so that the words between them have to be spoken the faster.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

# s: the pauses of the text in tests/speaking/standard_text.py, divided by its words.
PAUSES_S_PER_WORD = 0.0714


def between_pauses(speed: float) -> float:
    """Words a minute that are spoken between the pauses, so that `speed` of them are heard."""
    return 60 / (60 / speed - PAUSES_S_PER_WORD)


def own_rate(measured: Sequence[tuple[float, float]], speed: float) -> float:
    """What to give a voice, so that `speed` words a minute are heard; linear between two rows.

    `measured`: the voice's own rates, rising, each with the words a minute that it speaks between
    pauses. The nearest end of the table where it ends.
    """
    wanted = between_pauses(speed)
    index = bisect_left(measured, wanted, key=lambda row: row[1])
    if index == 0:
        return measured[0][0]
    if index == len(measured):
        return measured[-1][0]
    (own, rate), (next_own, next_rate) = measured[index - 1], measured[index]
    return own + (next_own - own) * (wanted - rate) / (next_rate - rate)
