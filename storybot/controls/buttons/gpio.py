"""A button between a GPIO line and ground."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from storybot.config.schema import ControlsSettings
from storybot.controls.gpio_line import DEFAULT_CHIP, load_gpiod, request_line, unusable


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


def make(settings: ControlsSettings, _: object) -> GpioButton:
    """The button on the line controls.button_line of the chip controls.button_device."""
    return GpioButton(settings.button_device or DEFAULT_CHIP, settings.button_line)
