"""A lamp on an output line of a GPIO chip."""

from __future__ import annotations

from storybot.config.schema import ControlsSettings
from storybot.controls.gpio_line import DEFAULT_CHIP, line_key, load_gpiod, request_line
from storybot.controls.lights.lamp import Lamp


def make(settings: ControlsSettings, _: object) -> Lamp:
    """The lamp on the line controls.lights_line of the chip controls.lights_device."""
    gpiod = load_gpiod()
    off, on = gpiod.line.Value.INACTIVE, gpiod.line.Value.ACTIVE
    wanted = gpiod.LineSettings(direction=gpiod.line.Direction.OUTPUT, output_value=off)
    line = settings.lights_line
    lines = request_line(gpiod, settings.lights_device or DEFAULT_CHIP, line, wanted)
    return Lamp(lambda lit: lines.set_value(line_key(line), on if lit else off), lines.release)
