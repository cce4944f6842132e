"""News: what clients of the control socket that watch are sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storybot.controls.socket import messages
from storybot.controls.socket.messages import Message


class News:
    """Makes a message of each event and publishes it."""

    def __init__(self, publish: Callable[[Message], None]) -> None:
        self._publish = publish

    def state(self, status: dict[str, Any]) -> None:
        """The robot changed; `status` is as `storybot status` has it."""
        self._publish(messages.news("state", **status))

    def sentence(self, story: int, text: str) -> None:
        """A sentence of the story with this id begins to sound."""
        self._publish(messages.news("sentence", story=story, text=text))

    def word(self, story: int, text: str) -> None:
        """A piece of that sentence sounds."""
        self._publish(messages.news("word", story=story, text=text))

    def said(self, text: str) -> None:
        """The robot says something of its own."""
        self._publish(messages.news("said", text=text))
