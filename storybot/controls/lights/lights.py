"""What lights are: they show one state of the box at a time."""

from __future__ import annotations

from typing import Protocol


class Lights(Protocol):
    """Shows the name of a state, such as "thinking" (see storybot.robot.commands.Light)."""

    def show(self, name: str) -> None:
        """Show this from now on. Never fails: a broken lamp must not stop a story."""

    def close(self) -> None:
        """Turn off and release the device."""


class NoLights:
    """For a box without lights."""

    def show(self, name: str) -> None:
        """There is nothing to show it with."""

    def close(self) -> None:
        """There is nothing to release."""
