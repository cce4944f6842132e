"""Which other wish comes close, among the ways to decode a sentence."""

from __future__ import annotations

from storybot.hearing.recognisers.pocketsphinx.alternatives import (
    CLEAR_CLOSE,
    CLOSE,
    close_alternative,
)

BOAT, THE_BOAT, BOOK, BEAR, BOTH = (
    f"tell me a story about {said}"
    for said in ("a boat", "the boat", "a book", "a bear", "a boat and a book")
)


def paths(*others: tuple[str, float]) -> list[tuple[str, float]]:
    """The best and others, by how much lower they score."""
    return [(BOAT, -500.0), (BOAT, -501.0), *((text, -500.0 - less) for text, less in others)]


def test_the_closest_wish_about_another_thing() -> None:
    ways = paths((THE_BOAT, 1.0), (BOTH, 2.0), (BOOK, 3.0), (BEAR, 4.0))
    assert close_alternative(BOAT, -2.0, ways) == BOOK
    assert close_alternative(BOAT, -2.0, paths((THE_BOAT, 1.0), (BOTH, 2.0))) == ""
    assert close_alternative(BOAT, -2.0, []) == ""
    assert close_alternative(BOAT, -2.0, paths((f"{BOOK} and", 1.0))) == ""


def test_what_is_not_clear_has_to_come_closer() -> None:
    near, far = paths((BOOK, CLOSE - 0.1)), paths((BOOK, CLEAR_CLOSE - 0.1))
    assert close_alternative(BOAT, -2.0, far) == BOOK == close_alternative(BOAT, -3.0, near)
    assert close_alternative(BOAT, -3.0, far) == ""
    assert close_alternative(BOAT, -2.0, paths((BOOK, CLEAR_CLOSE + 0.1))) == ""
