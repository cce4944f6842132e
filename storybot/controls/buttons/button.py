"""What a button is, and which driver the settings lead to."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Protocol

from storybot.config.schema import ControlsSettings

if TYPE_CHECKING:
    from storybot.controls.serial_board import SerialBoard


class Button(Protocol):
    """A contact. Debouncing is not its business, see `storybot.controls.buttons.gestures`."""

    def edges(self) -> AsyncGenerator[bool, None]:
        """True when it closes, False when it opens, until it fails with a StorybotError."""

    def close(self) -> None:
        """Give the device back."""


def make_button(settings: ControlsSettings, board: SerialBoard | None = None) -> Button | None:
    """The button of the settings; None where there is none.

    `board` is the serial port when it is open already for the lights. Raises StorybotError
    (Exit.FAULT) when the device cannot be used, (Exit.CONFIG) when the settings do not fit it.
    """
    if settings.button == "none":
        return None
    if settings.button == "serial":
        from storybot.controls.serial_board import SerialBoard

        return (board or SerialBoard(settings.button_device)).button(settings.button_line)
    if settings.button == "gpio":
        from storybot.controls.buttons.gpio import GpioButton

        return GpioButton(settings.button_device or "/dev/gpiochip0", settings.button_line)
    from storybot.controls.buttons.evdev import EvdevButton

    return EvdevButton(settings.button_device, settings.button_line)
