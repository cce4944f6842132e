"""A sentence as phrases, which a voice speaks one by one with a pause of ours between them.

So a pause is as long as the settings say, whatever voice speaks, and the first phrase sounds
before the last one is synthesised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

# Patterns that `re` compiles at the first sentence.
_CLOSERS = r"[\"”’)\]]"
# After a comma, semicolon, colon or dash; and where a quotation ends: "Look!" he said.
_END = rf"(?:[,;:–—]{_CLOSERS}*|[.!?…]+[\"”])(?=\s)|(?<=\s)[–—-](?=\s)"
# What the box says of its own accord may be several sentences.
_SENTENCE_END = (
    r"(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bSt)(?<!\bMt)(?<!\bProf)(?<!\b[A-Z])"
    rf"[.!?…]+{_CLOSERS}*(?=\s+[\"“]?[A-Z])"
)
_WORD = re.compile(r"[^\W_]")
# First index, index behind the last, and whose: 0 the hero's, 1 another's.
Quotation = tuple[int, int, int]


@dataclass(frozen=True)
class Phrase:
    """What is spoken in one breath."""

    text: str
    start: int  # index of its first character in the sentence
    who: int | None = None  # whose words these are, of a quotation: 0 the hero's, 1 another's
    begins_sentence: bool = False  # behind the end of another sentence


def phrases(sentence: str, quotations: Sequence[Quotation] = ()) -> Iterator[Phrase]:
    """The phrases of one sentence; none is without a word, unless the sentence has none."""
    sentence_ends = {found.end() for found in re.finditer(_SENTENCE_END, sentence)}
    ends = sentence_ends | {found.end() for found in re.finditer(_END, sentence)}
    ends |= {edge for start, end, _ in quotations for edge in (start, end)}
    start = 0
    for end in (*sorted(ends), len(sentence)):
        if end == len(sentence) or (
            _WORD.search(sentence, start, end) and _WORD.search(sentence, end)
        ):
            phrase = _phrase(sentence, start, end, quotations)
            yield replace(phrase, begins_sentence=start in sentence_ends)
            if end == len(sentence):
                return
            start = end


def _phrase(sentence: str, start: int, end: int, quotations: Sequence[Quotation]) -> Phrase:
    text = sentence[start:end]
    start += len(text) - len(text.lstrip())
    whose = (who for first, behind, who in quotations if first <= start < behind)
    return Phrase(text.strip(), start, next(whose, None))
