"""Rules about when something happens: words of time stand where they can."""

from __future__ import annotations

from storybot.telling.editor.reading import Reading
from storybot.telling.editor.scene import Scene

_PARTS = frozenset(("morning", "afternoon", "evening", "night"))
_DAYS = frozenset(("yesterday", "today", "tomorrow", "tonight"))
_ADVERBS = frozenset(  # of manner: they stand beside verbs
    (
        *("softly", "slowly", "quickly", "loudly", "happily", "sadly", "gently", "quietly"),
        *("carefully", "suddenly", "brightly", "tightly", "nicely", "finally"),
    )
)
_BEFORE_NOUNS = frozenset(("a", "an", "the", "my", "your", "his", "their", "our", "with"))
_GO_ON = frozenset(("go", "come", "hold", "went", "came", "coat", "hat", "light", "lights"))
_WAS = frozenset(("was", "were", "very", "so"))


def misplaced_time(draft: Reading, scene: Scene) -> bool:
    """ "In this morning", "on tomorrow", "all day afternoon", "the glue and afternoon"."""
    words = draft.words
    for at in range(max(2, draft.given), len(words)):
        (first, before, word), clause = words[at - 2 : at + 1], words[at].clause
        if before.clause != clause:
            continue
        after_place = before.text in ("in", "at", "on") and word.text in _DAYS
        after_place = after_place and first.text not in _GO_ON
        this = before.text == "this" and first.text in ("in", "at", "on") and word.text in _PARTS
        twice = before.text == "day" and first.text == "all" and word.text in _PARTS
        last = at + 1 == len(words) or words[at + 1].clause != clause
        joined = before.text == "and" and word.text in _PARTS and last
        if after_place or (this and first.clause == clause) or twice:
            return True
        if joined and first.clause == clause and first.text not in _PARTS | {"day", "noon"}:
            return True
    return False


def misplaced_manner(draft: Reading, scene: Scene) -> bool:
    """ "He played with the softly", "was very good night": how, or a greeting, for a thing."""
    words = draft.words
    for at in range(max(1, draft.given), len(words)):
        before, word = words[at - 1], words[at]
        if before.clause != word.clause:
            continue
        last = at + 1 == len(words) or not words[at + 1].text.endswith(("ing", "ed"))
        if before.text in _BEFORE_NOUNS and word.text in _ADVERBS and last:
            return True
        greets = before.text == "good" and word.text == "night" and at > 1
        if greets and words[at - 2].text in _WAS and words[max(0, at - 3)].text != "a":
            return True
    return False
