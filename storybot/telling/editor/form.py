"""Rules about the form of a draft: that it is one whole, speakable sentence."""

from __future__ import annotations

import re

from storybot.telling.editor.reading import Reading
from storybot.telling.editor.scene import Scene

SHORTEST, LONGEST = 3, 26  # words of a line
LEAST_OWN = 1  # words that the model writes

_WHOLE = re.compile(r"[.!?…]\"?$")
_ODD_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)|\.{4}|,[.!?,]|[!?]\.|\.[!?]")
_READABLE = re.compile(r"[A-Za-z' ,.!?…;:\"\n-]*")


def unfinished(draft: Reading, scene: Scene) -> bool:
    """It does not end as a sentence does, or runs on into the next paragraph."""
    return not _WHOLE.search(draft.line) or "\n" in draft.own.strip()


def open_quotation(draft: Reading, scene: Scene) -> bool:
    """A quotation mark has no partner."""
    return draft.line.count('"') % 2 == 1


def number(draft: Reading, scene: Scene) -> bool:
    """Digits: the model cannot count."""
    return re.search(r"\d", draft.own) is not None


def strange_mark(draft: Reading, scene: Scene) -> bool:
    """Marks that nobody can speak, such as brackets, and stops in odd rows."""
    if _ODD_STOPS.search(draft.line):
        return True
    return _READABLE.fullmatch(re.sub(r"\d", "", draft.line)) is None


def wrong_length(draft: Reading, scene: Scene) -> bool:
    """Too short to say anything, or too long to follow."""
    if len(draft.own_words) < LEAST_OWN:
        return True
    return not SHORTEST <= len(draft.words) <= LONGEST
