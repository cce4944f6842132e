"""Which button the settings choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storybot.config.schema import ControlsSettings
from storybot.controls.buttons.button import Button
from storybot.drivers import driver

if TYPE_CHECKING:
    from storybot.controls.serial_board import SerialBoard


def make_button(settings: ControlsSettings, board: SerialBoard | None = None) -> Button | None:
    """The button of the settings; None where there is none.

    `board` is the serial port where it is open already for the lights. Raises StorybotError:
    Exit.FAULT when the device cannot be used, Exit.CONFIG when the settings do not fit it.
    """
    if settings.button == "none":
        return None
    button: Button = driver("button", settings.button).make(settings, board)
    return button
