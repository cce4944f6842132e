"""The button of a button board on a serial port, or a bare switch on its CTS or DSR line."""

from __future__ import annotations

from storybot.config.schema import ControlsSettings
from storybot.controls.serial_board import SerialBoard, SerialLines, SerialSwitch


def make(settings: ControlsSettings, board: SerialBoard | None) -> SerialLines | SerialSwitch:
    """The button of `board`, or of the port controls.button_device."""
    return (board or SerialBoard(settings.button_device)).button(
        settings.button_line, settings.debounce
    )
