"""Recognises what the robot said itself, so that it does not obey its own voice."""

from __future__ import annotations

import re
from collections import deque

ECHO_DURATION_S = 2.0  # after which a sentence can no longer be recognised as an echo
# Words that a recogniser adds to what it heard: "stop the storm" became "stop the story".
_IGNORED_WORDS = frozenset(("it", "the", "that", "this", "story", "please"))
_WORD = re.compile(r"[a-z]+")


class EchoFilter:
    """Remembers the last sentences, each with the time when it was last being said."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, str]] = deque(maxlen=8)

    def note(self, now: float, saying: str) -> None:
        """`saying` is the sentence that sounds now; empty: none."""
        if not saying:
            return
        if self._said and self._said[-1][1] == saying:
            self._said.pop()
        self._said.append((now, saying))

    def holds(self, text: str, now: float) -> bool:
        """Whether the robot itself said these words within ECHO_DURATION_S."""
        words = _words(text) - _IGNORED_WORDS or _words(text)
        return any(
            words <= _words(said) for when, said in self._said if when >= now - ECHO_DURATION_S
        )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
