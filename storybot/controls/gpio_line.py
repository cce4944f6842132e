"""One line of a GPIO chip, through the character device (libgpiod 2)."""

from __future__ import annotations

from typing import Any

from storybot.errors import Exit, StorybotError

DEFAULT_CHIP = "/dev/gpiochip0"


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
    try:
        return gpiod.request_lines(chip, consumer="storybot", config={line_key(line): wanted})
    except (OSError, ValueError) as error:
        raise unusable(f"{chip} line {line}", error) from error


def unusable(name: str, error: Exception) -> StorybotError:
    return StorybotError(
        f"GPIO {name} cannot be used ({error}); correct the section controls of the settings",
        Exit.FAULT,
    )


def line_key(line: str) -> int | str:
    """A line as gpiod wants it: its number, or its name."""
    return int(line) if line.isdecimal() else line
