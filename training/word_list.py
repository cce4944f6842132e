"""Make words.txt: the words that a told story may use, counted in the stories of the corpus.

A line holds the words that share their first two letters, in order: the letters, then for each
word the word itself, its rarity, and `*` where it stands more often as a name ("Daisy") than as a
word. The rarity is log2(stories / stories with the word), rounded: 0 in every story, 12 in four.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from training.corpus import read_stories, require_corpus

LEAST_STORIES = 4  # that use a word; what fewer use is often misspelt
HEADER = "# Made by training/word_list.py from the corpus: words, rarities, * for names."

_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*")
_BEGINS = re.compile(r"(?:^|[.!?:\"\n])[\"\s]*$")  # what stands before a sentence's first word
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr)\. $")


@dataclass
class Counts:
    """How many stories use each word, and how it is written inside of sentences."""

    stories: int = 0
    using: Counter[str] = field(default_factory=Counter)
    small: Counter[str] = field(default_factory=Counter)
    capital: Counter[str] = field(default_factory=Counter)


def count(stories: Iterable[str]) -> Counts:
    """Words in lower case; those with 's count as the word without it."""
    counts = Counts()
    for story in stories:
        counts.stories += 1
        used = set()
        plain = story.translate({0x2019: "'", 0x201C: '"', 0x201D: '"'})
        for found in _WORD.finditer(plain):
            word = found[0].lower().removesuffix("'s")
            used.add(word)
            before = plain[max(0, found.start() - 8) : found.start()]
            if found[0][0].islower():
                counts.small[word] += 1
            elif not _BEGINS.search(before) or _TITLE.search(before):
                counts.capital[word] += 1
        counts.using.update(used)
    return counts


def words(counts: Counts) -> Iterator[tuple[str, int, bool]]:
    """Word, rarity and whether it is rather a name, in alphabetical order.

    A word that never stands in lower case is left out when it stands as a name; only "I" is not.
    """
    for word in sorted(counts.using):
        using, capital, small = counts.using[word], counts.capital[word], counts.small[word]
        if word.partition("'")[0] == "i":
            capital = 0
        if using < LEAST_STORIES or (capital > small and small < LEAST_STORIES):
            continue
        yield word, round(math.log2(counts.stories / using)), capital > small


def lines(counted: Iterable[tuple[str, int, bool]]) -> Iterator[str]:
    """The lines of words.txt."""
    groups: dict[str, list[str]] = {}
    for word, rarity, is_name in counted:
        groups.setdefault(word[:2], []).append(f"{word}{rarity}{'*' if is_name else ''}")
    yield HEADER
    for letters, group in groups.items():
        yield " ".join((letters, *group))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--out", type=Path, default=Path("storybot/data/words.txt"))
    args = parser.parse_args()
    folder = require_corpus(args.corpus)
    more = folder / "tinystories-more.txt.xz"
    stories = read_stories(folder / "tinystories-train.txt.xz")
    if more.is_file():
        stories += read_stories(more)
    found = list(words(count(stories)))
    args.out.write_text("".join(line + "\n" for line in lines(found)), encoding="utf-8")
    print(f"{args.out}: {len(found)} words of {len(stories)} stories")


if __name__ == "__main__":
    main()
