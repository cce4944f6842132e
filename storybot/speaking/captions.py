"""The words of what is spoken, each at the moment it is heard."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from storybot.speaking.voices.voice import WordMark

OnWord = Callable[[str], None]  # gets a word with the punctuation and blanks after it


class Caption:
    """The words of one sentence, as slices that cover its whole text."""

    def __init__(self, captions: Captions, text: str, begin: int, on_word: OnWord | None) -> None:
        self._captions, self._text, self._on_word = captions, text, on_word
        self.begin = begin  # frame of the first sample of what is synthesised now
        self._frame = begin  # where the slice that has no end yet begins to sound
        self._start = 0  # where that slice begins in the text

    def add(self, words: Iterable[WordMark]) -> None:
        """Words whose place in the sound is known now; each one ends the slice before it."""
        for word in words:
            if word.start > self._start:
                self._close(word.start)
                self._frame = self.begin + word.sample

    def end(self) -> None:
        """The sentence is synthesised: the rest of the text belongs to the last word."""
        self._close(len(self._text))

    def _close(self, end: int) -> None:
        if end > self._start:
            self._captions.put(
                self._frame, self._text, self._text[self._start : end], self._on_word
            )
            self._start = end


class Captions:
    """Words that are not heard yet, with the frame at which they will be.

    One thread adds them, another one shows them."""

    def __init__(self) -> None:
        self._due: deque[tuple[int, str, str, OnWord | None]] = deque()
        self.saying = ""  # the sentence that is heard now

    def put(self, frame: int, text: str, word: str, on_word: OnWord | None) -> None:
        self._due.append((frame, text, word, on_word))

    def show(self, played: int) -> int | None:
        """Show the words up to frame `played`; returns the frame of the next word, or None."""
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
        """Drop what is not shown yet."""
        self._due.clear()
        self.saying = ""
