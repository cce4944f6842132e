"""Records behave as frozen dataclasses do."""

from __future__ import annotations

import copy
import pickle

import pytest

from storybot.record import Record


class Point(Record):
    x: int
    y: int = 0


class Named(Point):
    name: str = ""


class Other(Record):
    x: int
    y: int = 0


class Plain(Record):
    """Without fields."""


def test_fields_come_in_order_by_name_or_by_default() -> None:
    assert (Point(1).x, Point(1).y, Point(1, 2).y, Point(y=3, x=1).y) == (1, 0, 2, 3)
    assert Named(1, 2, "a") == Named(1, name="a", y=2)


@pytest.mark.parametrize("given", [((), {}), ((1, 2, 3), {}), ((1,), {"x": 1}), ((1,), {"z": 1})])
def test_what_does_not_fit_is_refused(given: tuple[tuple[int, ...], dict[str, int]]) -> None:
    with pytest.raises(TypeError, match="Point takes x, y"):
        Point(*given[0], **given[1])


def test_equal_by_class_and_fields() -> None:
    assert Point(1) == Point(1, 0) and hash(Point(1)) == hash(Point(1, 0))
    assert Point(1) != Point(2) and Point(1) != Other(1) and Point(1) != Named(1)
    assert Plain() == Plain() and len({Plain(), Plain(), Point(1), Other(1)}) == 3


def test_nothing_changes_in_place() -> None:
    point = Point(1)
    with pytest.raises(AttributeError, match=r"Point\.x"):
        point.x = 2  # type: ignore[misc]
    assert copy.copy(point) == pickle.loads(pickle.dumps(point)) == point


def test_matched_and_printed_by_fields() -> None:
    match Named(1, 2, "a"):
        case Named(x, y, name):
            assert (x, y, name) == (1, 2, "a")
    assert repr(Point(1)) == "Point(x=1, y=0)" and repr(Plain()) == "Plain()"
