"""News: what clients of the control socket that watch are sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storybot.controls.socket import messages


class News:
    """Makes a line of each event and publishes it."""

    def __init__(self, publish: Callable[[bytes], None]) -> None:
        self._publish = publish

    def state(self, status: dict[str, Any]) -> None:
        """The robot changed; `status` is as `storybot status` has it."""
        self._publish(messages.news("state", **status))

    def sentence(self, number: int, text: str) -> None:
        """A sentence of story `number` begins to sound."""
        self._publish(messages.news("sentence", story=number, text=text))

    def word(self, text: str) -> None:
        """A piece of that sentence sounds."""
        self._publish(messages.news("word", text=text))

    def said(self, text: str) -> None:
        """The robot says something of its own."""
        self._publish(messages.news("said", text=text))
