"""Which lights the settings choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storybot.config.schema import ControlsSettings
from storybot.controls.lights.lights import Lights, NoLights
from storybot.drivers import driver

if TYPE_CHECKING:
    from storybot.controls.serial_board import SerialBoard


def make_lights(settings: ControlsSettings, board: SerialBoard | None = None) -> Lights:
    """The lights of the settings; `board` is the button's serial port when they share it."""
    if settings.lights == "none":
        return NoLights()
    lights: Lights = driver("lights", settings.lights).make(settings, board)
    return lights
