"""From the raw edges of a button to gestures: short, double, long. Pure, without a clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from storybot.config.schema import ControlsSettings


class Gesture(Enum):
    """What a finger meant."""

    SHORT = "short"
    DOUBLE = "double"
    LONG = "long"


@dataclass(frozen=True)
class ButtonState:
    """What is known of one button. Times in seconds of any steady clock."""

    raw: bool = False  # the contact as last reported
    raw_since: float = 0.0
    down: bool = False  # the contact without its bouncing
    down_since: float = 0.0
    long_told: bool = False  # this press was a long one already
    released: float | None = None  # end of a short press that a second one may follow
    second: bool = False  # the press going on is that second one


def on_edge(
    button: ButtonState, down: bool, now: float, settings: ControlsSettings
) -> tuple[ButtonState, list[Gesture]]:
    """The contact opened or closed at `now`."""
    button, gestures = on_time(button, now, settings)
    if down != button.raw:
        button = replace(button, raw=down, raw_since=now)
    return button, gestures


def on_time(
    button: ButtonState, now: float, settings: ControlsSettings
) -> tuple[ButtonState, list[Gesture]]:
    """Time passed without an edge."""
    gestures: list[Gesture] = []
    settled = button.raw_since + settings.debounce
    if button.raw != button.down and now >= settled:
        # What fell due before the contact settled comes first.
        button, gestures = _due(button, settled, settings)
        button, more = _settle(button, settings)
        gestures += more
    button, more = _due(button, now, settings)
    return button, gestures + more


def next_due(button: ButtonState, settings: ControlsSettings) -> float | None:
    """When `passed` must be called at the latest; None: not before the next edge."""
    due = []
    if button.raw != button.down:
        due.append(button.raw_since + settings.debounce)
    if button.down and not button.long_told:
        due.append(button.down_since + settings.long_press)
    if button.released is not None and not button.down and not _second_settles(button, settings):
        due.append(button.released + settings.double_press)
    return min(due, default=None)


def _settle(button: ButtonState, settings: ControlsSettings) -> tuple[ButtonState, list[Gesture]]:
    """The contact held its new position long enough to be meant."""
    if button.raw:
        pressed = replace(
            button,
            down=True,
            down_since=button.raw_since,
            long_told=False,
            second=button.released is not None,
            released=None,
        )
        return pressed, []
    up = replace(button, down=False, second=False)
    if button.long_told:
        return up, []
    if button.second:
        return up, [Gesture.DOUBLE]
    return replace(up, released=button.raw_since), []


def _due(
    button: ButtonState, now: float, settings: ControlsSettings
) -> tuple[ButtonState, list[Gesture]]:
    """Gestures that the passing of time alone completes."""
    if button.down and not button.long_told and now >= button.down_since + settings.long_press:
        # A short press followed by a long one: the short one was meant too, unless it bounced.
        return replace(button, long_told=True, second=False), [Gesture.LONG]
    released = button.released
    if released is not None and not button.down and now >= released + settings.double_press:
        if _second_settles(button, settings):
            return button, []
        return replace(button, released=None), [Gesture.SHORT]
    return button, []


def _second_settles(button: ButtonState, settings: ControlsSettings) -> bool:
    """A second press came in time; whether it is one shows when it held for the debounce time."""
    released = button.released
    return (
        released is not None and button.raw and button.raw_since < released + settings.double_press
    )
