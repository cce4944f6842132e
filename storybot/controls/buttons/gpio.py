"""A button between a GPIO line and ground, through the character device (libgpiod 2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from storybot.errors import Exit, StorybotError


class GpioButton:
    """One input line, pulled up, so that pressed is low."""

    def __init__(self, chip: str, line: str) -> None:
        """`line` is a number or a name. Raises StorybotError when it cannot be had."""
        self._name = f"{chip} line {line}"
        gpiod = load_gpiod()
        wanted = gpiod.LineSettings(
            direction=gpiod.line.Direction.INPUT,
            edge_detection=gpiod.line.Edge.BOTH,
            bias=gpiod.line.Bias.PULL_UP,
            active_low=True,
        )
        self._request = request_line(gpiod, chip, line, wanted)
        self._closes = gpiod.EdgeEvent.Type.RISING_EDGE

    async def edges(self) -> AsyncGenerator[bool, None]:
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        handle = self._request.fd
        loop.add_reader(handle, readable.set)
        try:
            while True:
                await readable.wait()
                readable.clear()
                try:
                    events = self._request.read_edge_events()
                except OSError as error:
                    raise unusable(self._name, error) from error
                for event in events:
                    yield event.event_type is self._closes
        finally:
            loop.remove_reader(handle)

    def close(self) -> None:
        self._request.release()


def load_gpiod() -> Any:
    """The module gpiod; StorybotError where it is not installed."""
    try:
        import gpiod
        import gpiod.line
    except ImportError:
        raise StorybotError(
            "GPIO needs libgpiod 2; install it with `pip install storybot[gpio]`", Exit.CONFIG
        ) from None
    return gpiod


def request_line(gpiod: Any, chip: str, line: str, wanted: Any) -> Any:
    """The line from the kernel, or a StorybotError that says why not."""
    if not line:
        raise StorybotError(
            "GPIO needs the number or name of its line: set controls.button_line "
            "or controls.lights_line",
            Exit.CONFIG,
        )
    key = int(line) if line.isdecimal() else line
    try:
        return gpiod.request_lines(chip, consumer="storybot", config={key: wanted})
    except (OSError, ValueError) as error:
        raise unusable(f"{chip} line {line}", error) from error


def unusable(name: str, error: Exception) -> StorybotError:
    return StorybotError(
        f"GPIO {name} cannot be used ({error}); correct the section controls of the settings",
        Exit.FAULT,
    )
