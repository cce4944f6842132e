"""The words of what is spoken, each at the moment it is heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from storybot.speaking.voices.voice import WordMark

OnWord = Callable[[str], None]  # gets a word with the marks and blanks that follow it


class Caption:
    """One sentence's words, as slices of its text that make up the whole of it together."""

    def __init__(self, captions: Captions, text: str, begin: int, on_word: OnWord | None) -> None:
        self._captions, self._text, self._on_word = captions, text, on_word
        self.begin = begin  # frame of the sentence's first sample
        self._frame = begin  # of the slice that is still open
        self._start = 0  # in the text, of that slice

    def add(self, words: Sequence[WordMark]) -> None:
        """Words that the voice now knows the place of; each closes the slice before it."""
        for word in words:
            if word.start > self._start:
                self._close(word.start)
                self._frame = self.begin + word.sample

    def end(self) -> None:
        """The voice is done: the rest of the text belongs to the last word."""
        self._close(len(self._text))

    def _close(self, end: int) -> None:
        if end > self._start:
            self._captions.put(
                self._frame, self._text, self._text[self._start : end], self._on_word
            )
            self._start = end


class Captions:
    """What is still to be shown, by the frame at which it is heard. One thread fills, one shows."""

    def __init__(self) -> None:
        self._due: deque[tuple[int, str, str, OnWord | None]] = deque()
        self.saying = ""  # the sentence that is heard now

    def put(self, frame: int, text: str, word: str, on_word: OnWord | None) -> None:
        self._due.append((frame, text, word, on_word))

    def show(self, played: int) -> int | None:
        """Show what is heard by now; returns the frame of the next word, None without one."""
        while self._due:
            frame, text, word, on_word = self._due[0]
            if frame > played:
                return frame
            self._due.popleft()
            self.saying = text
            if on_word is not None:
                on_word(word)
        return None

    def clear(self) -> None:
        """Nothing more is heard."""
        self._due.clear()
        self.saying = ""
