"""Lights: a name such as "thinking" becomes a pattern of one lamp, or a line to a button board."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from storybot.config.schema import ControlsSettings
from storybot.errors import Exit, StorybotError

if TYPE_CHECKING:
    from storybot.controls.serial_board import SerialBoard

LOG = logging.getLogger(__name__)
LEDS_FOLDER = Path("/sys/class/leds")

# Seconds on and off in turn; an empty second half is steady light.
PATTERNS_S: dict[str, tuple[float, ...]] = {
    "off": (),
    "listening": (0.1, 3.9),  # a glimpse now and then: a lamp in a child's room
    "hearing": (1.0,),
    "thinking": (0.2, 0.2),
    "telling": (1.5, 0.5),
    "trouble": (0.1, 0.1, 0.1, 1.7),
}


class Lights(Protocol):
    """Shows one thing at a time."""

    def show(self, name: str) -> None:
        """One of PATTERNS_S, from now on. Never fails: a dark lamp must not stop a story."""

    def close(self) -> None:
        """Dark, and the device given back."""


class NoLights:
    """A box without lamps."""

    def show(self, name: str) -> None:
        """Nothing to see."""

    def close(self) -> None:
        """Nothing to give back."""


class Lamp:
    """One lamp that can only be on or off shows patterns. Belongs to the event loop."""

    def __init__(self, switch: Callable[[bool], None], release: Callable[[], None]) -> None:
        self._switch, self._release = switch, release
        self._pattern: tuple[float, ...] = ()
        self._next: asyncio.TimerHandle | None = None
        self._broken = False

    def show(self, name: str) -> None:
        pattern = PATTERNS_S[name]
        if self._next is not None:
            self._next.cancel()
            self._next = None
        self._pattern = pattern
        self._turn(0)

    def _turn(self, place: int) -> None:
        self._set(bool(self._pattern) and place % 2 == 0)
        if len(self._pattern) > 1:
            place %= len(self._pattern)
            loop = asyncio.get_running_loop()
            self._next = loop.call_later(self._pattern[place], self._turn, place + 1)

    def _set(self, on: bool) -> None:
        try:
            self._switch(on)
        except OSError as error:
            if not self._broken:
                LOG.warning("the lights do not work (%s); everything else goes on", error)
            self._broken = True
        else:
            self._broken = False

    def close(self) -> None:
        self.show("off")
        with contextlib.suppress(OSError):
            self._release()


def make_lights(settings: ControlsSettings, board: SerialBoard | None = None) -> Lights:
    """The lights of the settings; `board` is the button's serial port when they share it."""
    if settings.lights == "none":
        return NoLights()
    if settings.lights == "serial":
        from storybot.controls.serial_board import SerialBoard

        return (board or SerialBoard(settings.lights_device)).light()
    if settings.lights == "gpio":
        return _gpio_lamp(settings.lights_device or "/dev/gpiochip0", settings.lights_line)
    return _sysfs_lamp(settings.lights_device)


def _sysfs_lamp(name: str, leds: Path | None = None) -> Lamp:
    """A lamp of /sys/class/leds, freed from whatever the kernel showed with it."""
    folder = (leds or LEDS_FOLDER) / name
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
            f"name in {leds or LEDS_FOLDER} that storybot may write",
            Exit.FAULT,
        ) from error
    return Lamp(lambda on: _write(brightness, full if on else "0"), lambda: None)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "ascii")


def _gpio_lamp(chip: str, line: str) -> Lamp:
    """A lamp on an output line."""
    from storybot.controls.buttons.gpio import load_gpiod, request_line

    gpiod = load_gpiod()
    off, on = gpiod.line.Value.INACTIVE, gpiod.line.Value.ACTIVE
    wanted = gpiod.LineSettings(direction=gpiod.line.Direction.OUTPUT, output_value=off)
    lines = request_line(gpiod, chip, line, wanted)
    key = int(line) if line.isdecimal() else line
    return Lamp(lambda lit: lines.set_value(key, on if lit else off), lines.release)
