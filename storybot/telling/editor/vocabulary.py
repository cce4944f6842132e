"""The words that a told story may use, from words.txt (training/word_list.py makes it)."""

from __future__ import annotations

from functools import cache

from storybot.data import DATA_FOLDER

WORDS_FILE = DATA_FOLDER / "words.txt"
PEOPLE_FILE = DATA_FOLDER / "people.txt"


class Vocabulary:
    """About 5,000 words in 80 kB: the words that begin alike lie in one string."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        """`lines` as in words.txt: two letters, then words, each with its rarity and maybe `*`."""
        self._groups: dict[str, str] = {}
        for line in lines:
            if not line.startswith("#"):
                letters, _, group = line.partition(" ")
                self._groups[letters] = f" {group} "

    def _entry(self, word: str) -> str:
        """What stands after `word` up to the next one: "7", "7*"; "" where it is unknown."""
        group = self._groups.get(word[:2], "")
        at = group.find(f" {word}") + 1  # the shorter word comes first: "pea" before "peach"
        entry = group[at + len(word) : group.find(" ", at)] if at else ""
        return entry if entry[:1].isdigit() else ""

    def __contains__(self, word: str) -> bool:
        """Whether the lower-case `word`, without 's, is known."""
        return bool(self._entry(word))

    def is_name(self, word: str) -> bool:
        """Whether the word stands more often as a name, with a capital letter."""
        return self._entry(word).endswith("*")

    def rarity(self, word: str) -> int | None:
        """log2(stories / stories that use it), rounded: "the" 0, "rare" 12; None: unknown."""
        entry = self._entry(word)
        return int(entry.removesuffix("*")) if entry else None


@cache
def load_vocabulary() -> Vocabulary:
    """The words of the file that comes with storybot."""
    return Vocabulary(tuple(WORDS_FILE.read_text(encoding="utf-8").splitlines()))


@cache
def load_people() -> frozenset[str]:
    """Nouns for one person or animal, beyond the creatures of things.txt."""
    lines = PEOPLE_FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
