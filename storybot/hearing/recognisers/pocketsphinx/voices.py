"""Whose voice it is: a stretch of speech is decoded as an adult's, then as smaller children's."""

from __future__ import annotations

from collections.abc import Callable

from storybot.hearing.recognisers.pocketsphinx.confidence import (
    DecodingResult,
    Segment,
    likelier,
    worth_another_front_end,
)
from storybot.hearing.recognisers.pocketsphinx.front_ends import ADULT, CHILDREN, FrontEnd

# What was said, and its words before it was known that they are its end.
Decoded = tuple[DecodingResult | None, list[Segment]]


def decoded_as_it_fits(decode: Callable[[FrontEnd], Decoded], gate: float, call: str) -> Decoded:
    """The decoding that fits best, with the keyphrase `call`.

    The next smaller voice is tried as long as each fits better than the last, and badly.
    """
    best = last, _ = decode(ADULT)
    for front_end in CHILDREN:
        if not worth_another_front_end(last, call):
            break
        again, unended = decode(front_end)
        if again is None or (last is not None and again.score <= last.score):
            break
        if likelier(again, best[0], gate, call):
            best = again, unended
        last = again
    return best
