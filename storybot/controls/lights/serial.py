"""The lights of a button board on a serial port."""

from __future__ import annotations

from storybot.config.schema import ControlsSettings
from storybot.controls.serial_board import SerialBoard, SerialLight


def make(settings: ControlsSettings, board: SerialBoard | None) -> SerialLight:
    """The lights of `board`, or of the port controls.lights_device."""
    return (board or SerialBoard(settings.lights_device)).light()
