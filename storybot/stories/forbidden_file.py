"""The file of words that the family does not want in stories, beside safety.extra_words.

A line is one of the safety filter's lists; those that are added here are words or phrases.
"""

from __future__ import annotations

import re
from pathlib import Path

from storybot.config.schema import SafetySettings
from storybot.errors import Exit, StorybotError
from storybot.language.needed_phrases import NEEDED
from storybot.language.safety_filter import Filter, load_filter, parse, plain_text
from storybot.stories.list_file import ListFile
from storybot.system.folders import state_folder

FILE_NAME = "forbidden-words.txt"
MOST_WORDS = 200
HEAD = "# Words that are neither asked for nor said in stories, one a line; the page writes them."
INFLECTED = "+"  # behind a word: its plural and the like, too
_PHRASE = re.compile(r"(?=.{2,40}$)[a-z]+(?:['-][a-z]+)*(?: [a-z]+(?:['-][a-z]+)*){0,3}")


class ForbiddenFile:
    """Read and written whole."""

    def __init__(self, setting: str = "", state: Path | None = None) -> None:
        """`setting`: safety.forbidden_words; `state`: the folder where that is empty."""
        named = Path(setting).expanduser() if setting else None
        self._state = state or state_folder()
        path = named or self._state / FILE_NAME
        self._file = ListFile(path, "The family's forbidden words")

    def lines(self) -> list[str]:
        """For the safety filter; StorybotError where they cannot be read."""
        lines = self._file.lines()
        parse(lines, str(self._file.path))
        return lines

    def words(self) -> list[str]:
        """As people write them."""
        lines = (line.strip() for line in self._file.lines())
        return [line.removesuffix(INFLECTED) for line in lines if line and line[0] != "#"]

    def add(self, word: str, keyphrase: str) -> None:
        """StorybotError, which says what is wrong with it or with the file.

        `keyphrase`: the words by which this box is spoken to, which no family can forbid.
        """
        word = plain_text(" ".join(word.split()))
        if not _PHRASE.fullmatch(word):
            raise StorybotError(f'"{word}" is no word, and no phrase of up to four', Exit.USAGE)
        line = word if " " in word else word + INFLECTED
        forbidden = parse([line], FILE_NAME)
        if not all(map(forbidden.allows, (keyphrase, *NEEDED))):
            raise StorybotError(
                f'"{word}" cannot be forbidden: requests and nearly every story need it', Exit.USAGE
            )
        others = self._without(word)
        if len(self.words()) >= MOST_WORDS:
            raise StorybotError(f"at most {MOST_WORDS} forbidden words are kept", Exit.USAGE)
        self._file.write([*others, line])

    def remove(self, word: str) -> None:
        """StorybotError where it is not there, or the file cannot be written."""
        if word not in self.words():
            raise StorybotError(f'"{word}" is no forbidden word of the family', Exit.USAGE)
        self._file.write(self._without(word))

    def clear(self) -> None:
        """Forget all of them; StorybotError where that is not possible."""
        self._file.clear(self._state, [HEAD])

    def _without(self, word: str) -> list[str]:
        lines = self._file.lines() or [HEAD]
        return [line for line in lines if line.strip().removesuffix(INFLECTED) != word]


def household_filter(settings: SafetySettings, state: Path | None = None) -> Filter:
    """The safety filter with these words. StorybotError where a list cannot be used."""
    return load_filter(settings, ForbiddenFile(settings.forbidden_words, state).lines())
