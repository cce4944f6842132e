"""A lamp of /sys/class/leds."""

from __future__ import annotations

import contextlib
from pathlib import Path

from storybot.config.schema import ControlsSettings
from storybot.controls.lights.lamp import Lamp
from storybot.errors import Exit, StorybotError

LEDS_FOLDER = Path("/sys/class/leds")


def make(settings: ControlsSettings, _: object) -> Lamp:
    """The lamp that controls.lights_device names; what the kernel showed with it is turned off."""
    name = settings.lights_device
    folder = LEDS_FOLDER / name
    brightness, trigger = folder / "brightness", folder / "trigger"
    try:
        full = (folder / "max_brightness").read_text("ascii").strip() if name else ""
        if not full:
            raise FileNotFoundError(2, "no such lamp")
        with contextlib.suppress(OSError):
            trigger.write_text("none", "ascii")
        brightness.write_text("0", "ascii")
    except OSError as error:
        raise StorybotError(
            f'the lamp "{name}" cannot be used ({error.strerror}); controls.lights_device is a '
            f"name in {LEDS_FOLDER} that storybot may write",
            Exit.FAULT,
        ) from error

    def switch(on: bool) -> None:
        brightness.write_text(full if on else "0", "ascii")

    return Lamp(switch, lambda: None)
