"""Gestures out of edges, with every kind of bouncing, hammering and waiting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storybot.config.schema import ControlsSettings
from storybot.controls.buttons.gestures import ButtonState, Gesture, next_due, on_edge, on_time

SETTINGS = ControlsSettings()  # debounce 0.03 s, double press 0.4 s, long press 1.2 s
END = 100.0

SHORT, DOUBLE, LONG = Gesture.SHORT, Gesture.DOUBLE, Gesture.LONG


def play(edges: list[tuple[float, bool]]) -> list[Gesture]:
    """Feed edges, waking exactly when `next_due` asks for it, until all is quiet."""
    button, found = ButtonState(), list[Gesture]()
    for now, down in [*edges, (END, False)]:
        while (due := next_due(button, SETTINGS)) is not None and due < now:
            before = button
            button, gestures = on_time(button, due, SETTINGS)
            found += gestures
            assert button != before, "next_due asked for a moment at which nothing is due"
        button, gestures = on_edge(button, down, now, SETTINGS)
        found += gestures
    return found


def press(start: float, end: float) -> list[tuple[float, bool]]:
    return [(start, True), (end, False)]


def test_short() -> None:
    assert play(press(1.0, 1.2)) == [SHORT]


def test_double() -> None:
    assert play(press(1.0, 1.1) + press(1.3, 1.4)) == [DOUBLE]


def test_two_short_ones_apart() -> None:
    assert play(press(1.0, 1.1) + press(1.6, 1.7)) == [SHORT, SHORT]


def test_a_second_press_at_the_last_moment_counts() -> None:
    assert play(press(1.0, 1.1) + press(1.49, 1.6)) == [DOUBLE]


def test_long_is_told_while_held() -> None:
    button, found = on_edge(ButtonState(), True, 1.0, SETTINGS)
    button, found = on_time(button, 1.03, SETTINGS)
    assert not found
    button, found = on_time(button, 2.2, SETTINGS)
    assert found == [LONG]
    assert play(press(1.0, 9.0)) == [LONG]


def test_short_then_long() -> None:
    assert play(press(1.0, 1.1) + press(1.3, 4.0)) == [LONG]


def test_three_presses() -> None:
    assert play(press(1.0, 1.1) + press(1.2, 1.3) + press(1.4, 1.5)) == [DOUBLE, SHORT]


def test_bouncing_is_one_press() -> None:
    bounces = [(1.0 + n * 0.004, n % 2 == 0) for n in range(9)]
    release = [(1.2 + n * 0.004, n % 2 == 1) for n in range(9)]
    assert play([*bounces, *release, (1.25, False)]) == [SHORT]


def test_a_spike_is_nothing() -> None:
    assert play(press(1.0, 1.01)) == []


def test_a_spike_while_held_changes_nothing() -> None:
    assert play([(1.0, True), (1.5, False), (1.51, True), (3.0, False)]) == [LONG]


def test_hammered_fifty_times_a_second() -> None:
    """10 ms down, 10 ms up for ten seconds: too fast for a finger, so it is nothing."""
    edges = [(1 + n * 0.01, n % 2 == 0) for n in range(1000)]
    assert play(edges) == []


def test_hammered_as_fast_as_a_finger_can() -> None:
    edges = [on_edge for n in range(50) for on_edge in press(1 + n * 0.1, 1.05 + n * 0.1)]
    assert play(edges) == [DOUBLE] * 25


@given(st.lists(st.floats(0.0, 90.0), max_size=60))
def test_any_edges(times: list[float]) -> None:
    """Never more gestures than presses; no press is counted twice; it always comes to rest."""
    edges = [(now, number % 2 == 0) for number, now in enumerate(sorted(times))]
    found = play(edges)
    presses = (len(times) + 1) // 2
    assert len(found) + found.count(DOUBLE) <= presses


@given(st.lists(st.floats(0.05, 3.0), max_size=20))
def test_late_waking_changes_nothing(gaps: list[float]) -> None:
    """A busy machine that wakes only at the next edge finds the same gestures."""
    edges, now = [], 0.0
    for number, gap in enumerate(gaps):
        now += gap
        edges.append((now, number % 2 == 0))
    button, late = ButtonState(), list[Gesture]()
    for at, down in [*edges, (END, False)]:
        button, gestures = on_edge(button, down, at, SETTINGS)
        late += gestures
    while next_due(button, SETTINGS) is not None:
        button, gestures = on_time(button, END + 10, SETTINGS)
        late += gestures
    assert late == play(edges)
