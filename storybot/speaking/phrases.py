"""A sentence as phrases, which a voice speaks one by one with a pause of ours between them.

So a pause is as long as the settings say, whatever voice speaks, and the first phrase sounds
before the last one is synthesised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CLOSERS = r"[\"”’)\]]"
# After a comma, semicolon, colon or dash; and where a quotation ends: "Look!" he said.
_END = re.compile(rf"(?:[,;:–—]{_CLOSERS}*|[.!?…]+[\"”])(?=\s)|(?<=\s)[–—-](?=\s)")
_WORD = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Phrase:
    """What is spoken in one breath."""

    text: str
    start: int  # index of its first character in the sentence


def phrases(sentence: str) -> Iterator[Phrase]:
    """The phrases of one sentence; none is without a word, unless the sentence has none."""
    start = 0
    for end in [found.end() for found in _END.finditer(sentence)]:
        if _WORD.search(sentence, start, end) and _WORD.search(sentence, end):
            yield _phrase(sentence, start, end)
            start = end
    yield _phrase(sentence, start, len(sentence))


def _phrase(sentence: str, start: int, end: int) -> Phrase:
    text = sentence[start:end]
    return Phrase(text.strip(), start + len(text) - len(text.lstrip()))
