"""What a button is: edges of a contact."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol


class Button(Protocol):
    """A contact. It may bounce: `storybot.controls.buttons.gestures` debounces."""

    def edges(self) -> AsyncGenerator[bool, None]:
        """True when it closes, False when it opens, until it fails with a StorybotError."""

    def close(self) -> None:
        """Release the device."""
