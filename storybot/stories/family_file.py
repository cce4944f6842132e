"""The file of the family's words, which people may write, too; see storybot.language.family."""

from __future__ import annotations

from pathlib import Path

from storybot.errors import Exit, StorybotError
from storybot.language.family import FamilyWord, parse, read_word
from storybot.language.safety_filter import Filter
from storybot.language.things import plain
from storybot.stories.list_file import ListFile
from storybot.system.folders import state_folder

FILE_NAME = "family-words.txt"
HEAD = (
    "# The family's words: a name, toy, pet or place, what it is, and maybe its sounds.\n"
    "# `storybot words add` writes them here; `systemctl reload storybot` reads them again.\n"
)


class FamilyFile:
    """Read and written whole; a power cut leaves the old file or the new one."""

    def __init__(self, setting: str = "", state: Path | None = None) -> None:
        """`setting`: hearing.family_words; `state`: the folder of the file where that is empty."""
        named = Path(setting).expanduser() if setting else None
        self._state = state or state_folder()
        self.path = named or self._state / FILE_NAME
        self._file = ListFile(self.path, "The family's words")

    def words(self) -> tuple[FamilyWord, ...]:
        """None of them where there is no file; StorybotError where it cannot be read."""
        return parse(self._file.lines(), str(self.path))

    def add(self, word: FamilyWord) -> None:
        """Keep the word, in place of one that is written the same; StorybotError if it fails."""
        others = self._without(word.word)
        parse([*others, word.line], str(self.path))  # not one too many
        self._file.write([*others, word.line])

    def remove(self, word: str) -> None:
        """Forget the word; StorybotError where it is not there or the file cannot be written."""
        if plain(word) not in {plain(one.word) for one in self.words()}:
            raise StorybotError(f'"{word}" is no word of the family; see `storybot words`')
        self._file.write(self._without(word))

    def clear(self) -> None:
        """Forget all of them; StorybotError where that is not possible."""
        self._file.clear(self._state, HEAD.splitlines())

    def _without(self, word: str) -> list[str]:
        """The file's lines, comments included, but for this word's."""
        lines = self._file.lines() or HEAD.splitlines()
        return [line for line in lines if plain(line.partition("|")[0].strip()) != plain(word)]


def allowed_word(word: str, what: str, sounds: str, allowed: Filter) -> FamilyWord:
    """What is to be added; StorybotError, which says what is wrong with it."""
    try:
        found = read_word(" | ".join(part.replace("|", "/") for part in (word, what, sounds)))
    except ValueError as fault:
        raise StorybotError(str(fault), Exit.USAGE) from None
    if not allowed.allows(found.word):
        raise StorybotError(
            f'the safety filter refuses "{found.word}"; write it into the file of the setting '
            "safety.allowed_phrases first"
        )
    return found
