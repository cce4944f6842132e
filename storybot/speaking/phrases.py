"""A sentence as phrases, which a voice speaks one by one with a pause of ours between them.

So a pause is as long as the settings say, whatever voice speaks, and the first phrase sounds
before the last one is synthesised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_CLOSERS = r"[\"”’)\]]"
# After a comma, semicolon, colon or dash; and where a quotation ends: "Look!" he said.
_END = re.compile(rf"(?:[,;:–—]{_CLOSERS}*|[.!?…]+[\"”])(?=\s)|(?<=\s)[–—-](?=\s)")
_WORD = re.compile(r"[^\W_]")
# First index, index behind the last, and whose: 0 the hero's, 1 another's.
Quotation = tuple[int, int, int]


@dataclass(frozen=True)
class Phrase:
    """What is spoken in one breath."""

    text: str
    start: int  # index of its first character in the sentence
    who: int | None = None  # whose words these are, of a quotation: 0 the hero's, 1 another's


def phrases(sentence: str, quotations: Sequence[Quotation] = ()) -> Iterator[Phrase]:
    """The phrases of one sentence; none is without a word, unless the sentence has none."""
    ends = {found.end() for found in _END.finditer(sentence)}
    ends |= {edge for start, end, _ in quotations for edge in (start, end)}
    start = 0
    for end in sorted(ends):
        if _WORD.search(sentence, start, end) and _WORD.search(sentence, end):
            yield _phrase(sentence, start, end, quotations)
            start = end
    yield _phrase(sentence, start, len(sentence), quotations)


def _phrase(sentence: str, start: int, end: int, quotations: Sequence[Quotation]) -> Phrase:
    text = sentence[start:end]
    start += len(text) - len(text.lstrip())
    whose = (who for first, behind, who in quotations if first <= start < behind)
    return Phrase(text.strip(), start, next(whose, None))
