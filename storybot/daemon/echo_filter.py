"""What the robot said lately, so that it does not obey itself."""

from __future__ import annotations

import re
from collections import deque

ECHO_DURATION_S = 2.0  # s after which what the robot said can no longer come back as heard
# What a recogniser puts beside the word that it really heard: "stop the storm" became "stop the
# story".
_IGNORED_WORDS = frozenset(("it", "the", "that", "this", "story", "please"))
_WORD = re.compile(r"[a-z]+")


class EchoFilter:
    """Remembers sentences with the second in which each was last being said."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, str]] = deque(maxlen=8)

    def note(self, now: float, saying: str) -> None:
        """`saying` is heard from the robot now; empty: nothing is."""
        if not saying:
            return
        if self._said and self._said[-1][1] == saying:
            self._said.pop()
        self._said.append((now, saying))

    def holds(self, text: str, now: float) -> bool:
        """Whether the robot said what counts in these words itself, now or a moment ago."""
        words = _words(text) - _IGNORED_WORDS or _words(text)
        return any(
            words <= _words(said) for when, said in self._said if when >= now - ECHO_DURATION_S
        )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
