"""A wish that sounds like the one that was understood, among the ways to decode it (pure)."""

from __future__ import annotations

from collections.abc import Iterable

from storybot.language.choices import told_apart
from storybot.language.requests import understand

MOST_PATHS = 1000  # that are looked at: most differ in their silences alone
# Of a whole sentence's ln score. Of clear requests 18 of 29 wrong ones and 6 of 155 right ones had
# another wish within CLEAR_CLOSE; of others 4 of 10 wrong ones and no right one within CLOSE.
CLEAR_CLOSE = 25.0
CLOSE = 8.0
CLEAR_SCORE = -2.7  # mean ln acoustic score per frame


def close_alternative(text: str, score: float, paths: Iterable[tuple[str, float]]) -> str:
    """The likeliest sentence that asks for another thing and fits about as well; "": none.

    `text` is a wish. `score`: its mean ln acoustic score per frame. `paths`: sentences and their
    ln scores, the best first.
    """
    margin = CLEAR_CLOSE if score >= CLEAR_SCORE else CLOSE
    wish, seen = understand(text), {text}
    best: float | None = None
    for words, likelihood in paths:
        best = likelihood if best is None else best
        if best - likelihood > margin:
            return ""
        # A path through the lattice may end where no sentence does.
        if words in seen or words.endswith(" and"):
            continue
        seen.add(words)
        if told_apart(wish, understand(words)):
            return words
    return ""
