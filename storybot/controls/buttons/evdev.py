"""A key of any input device: gpio-keys, a keyboard, a presenter."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from storybot.config.schema import ControlsSettings
from storybot.errors import Exit, StorybotError

PRESSED, RELEASED = 1, 0  # values of a key event; 2 is its repetition


class EvdevButton:
    """One key, or with no key named all of them, as one button."""

    def __init__(self, device: str, key: str) -> None:
        """`key` is a name such as KEY_ENTER. Raises StorybotError when it cannot be had."""
        try:
            import evdev
        except ImportError:
            raise StorybotError(
                "input devices need evdev; install it with `pip install storybot[evdev]`",
                Exit.CONFIG,
            ) from None
        self._keys: int = evdev.ecodes.EV_KEY
        self._code: int | None = evdev.ecodes.ecodes.get(key) if key else None
        if key and self._code is None:
            raise StorybotError(
                f'controls.button_line is "{key}", which is no key; use a name such as KEY_ENTER',
                Exit.CONFIG,
            )
        try:
            self._device: Any = evdev.InputDevice(device)
        except OSError as error:
            raise _lost(device, error) from error

    async def edges(self) -> AsyncGenerator[bool, None]:
        try:
            async for event in self._device.async_read_loop():
                mine = event.type == self._keys and self._code in (None, event.code)
                if mine and event.value in (PRESSED, RELEASED):
                    yield event.value == PRESSED
        except OSError as error:
            raise _lost(str(self._device.path), error) from error

    def close(self) -> None:
        self._device.close()


def make(settings: ControlsSettings, _: object) -> EvdevButton:
    """The key controls.button_line of the input device controls.button_device."""
    return EvdevButton(settings.button_device, settings.button_line)


def _lost(device: str, error: Exception) -> StorybotError:
    return StorybotError(
        f'the input device "{device}" cannot be used ({error}); plug it in, join the group '
        "input, or correct controls.button_device",
        Exit.FAULT,
    )
