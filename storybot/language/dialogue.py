"""Who speaks in a story: its quotations, and whether they are the hero's or a friend's."""

from __future__ import annotations

import re

from storybot.language.sentence_splitting import SPEECH

HERO, FRIEND = 0, 1
# Patterns that `re` compiles in the first story.
_MARK = r"[\"“”]"
_WHO = r"((?i:the) \w+|[A-Z]\w*)"
_AFTER = rf"\s*{SPEECH} {_WHO}"  # "Hello," said the bird
_BEFORE = rf"(?s:{_WHO}\b.*\b{SPEECH}[,:]?\s*$)"  # Tom said, "Hello."


# What somebody says, as a part of a sentence: the index of its first character, the quotation mark
# included; that behind its last; and HERO (who speaks first in the story) or FRIEND. A plain tuple:
# a NamedTuple would load the real typing, 0.4 MB of the small profile.
Quotation = tuple[int, int, int]


class Dialogue:
    """Follows a story from sentence to sentence: a quotation may be longer than one."""

    def __init__(self) -> None:
        self._open = False  # a quotation goes on into the next sentence
        self._hero = ""  # the name of who spoke first
        self._who = HERO  # of the last quotation

    def quotations(self, sentence: str, paragraph: bool) -> tuple[Quotation, ...]:
        """The quotations of the next sentence; one that is not closed ends with its paragraph."""
        marks = [found.start() for found in re.finditer(_MARK, sentence)]
        if paragraph or (marks and _opens(sentence, marks[0])):
            self._open = False
        edges = [0, *marks] if self._open else marks
        spans = [(start, end + 1) for start, end in zip(edges[::2], edges[1::2], strict=False)]
        self._open = len(edges) % 2 == 1
        if self._open:
            spans.append((edges[-1], len(sentence)))
        return tuple(self._whose(sentence, start, end) for start, end in spans)

    def _whose(self, sentence: str, start: int, end: int) -> Quotation:
        found = re.match(_AFTER, sentence[end:])
        name = found.group(2) if found else ""
        if not name and (before := re.search(_BEFORE, sentence[:start])):
            name = before.group(1)
        if name:
            self._hero = self._hero or name.lower()
            self._who = HERO if name.lower() == self._hero else FRIEND
        return start, end, self._who


def _opens(sentence: str, mark: int) -> bool:
    """Whether a quotation begins at this mark, and does not end there."""
    return mark == 0 or sentence[mark - 1].isspace() or sentence[mark] == "“"
