"""Rules about the parts of a sentence: each has its verb, and nothing is left out."""

from __future__ import annotations

from collections.abc import Sequence

from storybot.telling.editor.reading import NARRATION, Reading, Word
from storybot.telling.editor.scene import Scene
from storybot.telling.editor.tense import PAST

_PRESENT = frozenset(("is", "are", "am", "can", "will", "must", "may", "has", "have", "do", "does"))
_JOINS = frozenset(("so", "but", "and"))
_ADDS = frozenset(("not", "then", "too", "never", "only", "even", "no", "also", "another", "soon"))
_ARTICLES = frozenset(("a", "an", "the", "no"))
_PREPOSITIONS = frozenset(
    (
        *("under", "on", "in", "at", "to", "into", "with", "behind", "from", "over", "near"),
        *("inside", "through", "beside", "by", "of", "for"),
    )
)
_SUPERLATIVES = frozenset(("first", "last", "only"))
_BEFORE_TO = frozenset(
    ("need", "needs", "needed", "want", "wants", "wanted", "tried", "began", "started")
)
_NO_VERBS = frozenset(
    ("a", "an", "the", "some", "my", "his", "her", "your", "their", "our", "it", "this", "that")
)
_LET = 3  # words before: "let the little dog gave"
_SAME_FORM = frozenset(
    ("let", "put", "cut", "hit", "hurt", "read", "set", "split", "shut", "lost", "left")
)
_AFTER_LET = frozenset(("and", "but", "so", "that", "who", "go", "what", "if", "then", "out", "in"))
# "As big as it was", "what it was", "so happy they were": the rest of the clause stands before.
_STANDS_BEFORE = frozenset(
    (
        *("as", "than", "what", "who", "how", "where", "whatever", "wherever", "if", "so", "that"),
        *("like", "why", "which", "there", "here", "yes", "all", "when", "because", "way"),
        *("but", "never"),
    )
)


def clause_without_verb(draft: Reading, scene: Scene) -> bool:
    """A part that nothing happens in: "She had a kite, so the windy day", "..., and all night"."""
    clauses = _clauses(draft)
    for at, words in enumerate(clauses):
        first, *after = words
        if first.text not in _JOINS or first.first or len(after) < 2:
            continue
        if first.text == "but" and _describes(after, clauses[at - 1]):
            continue
        listed = after[0].text in _PREPOSITIONS or not any(map(_is_verb, clauses[at - 1]))
        if (first.text == "and" and listed) or not _ADDS.isdisjoint(word.text for word in after):
            continue
        rest = [word for clause in clauses[at:] for word in clause]
        if not any(_is_verb(word) for word in rest if word.sentence == first.sentence):
            return True
    return False


def _describes(after: Sequence[Word], before: Sequence[Word]) -> bool:
    """Whether it needs no verb after "but": "small, but very brave", "no bear, but a dog"."""
    denied = not {"no", "not"}.isdisjoint(word.text for word in before)
    return denied or _NO_VERBS.isdisjoint(word.text for word in after)


def loose_end(draft: Reading, scene: Scene) -> bool:
    """A thing that joins nothing: "There was no bridge, the water", "... and the water was"."""
    clauses = _clauses(draft)
    if not clauses or clauses[-1][-1] is not draft.words[-1]:
        return False
    told = [word.text for words in clauses for word in words]
    if told[-1] in ("was", "were"):
        return _STANDS_BEFORE.isdisjoint(word.text for word in clauses[-1])
    last = clauses[-1]
    there_was = "there" in told and not {"was", "were"}.isdisjoint(told)
    if not there_was or len(clauses) < 2 or "and" in told[-len(last) :]:
        return False
    return last[0].text in _ARTICLES and not any(_is_verb(word) for word in last)


def verb_left_out(draft: Reading, scene: Scene) -> bool:
    """One verb too few or too many: "listened and under", "need to some", "the first one won"."""
    words = draft.words
    for at in range(max(2, draft.given), len(words)):
        before, middle, word = words[at - 2 : at + 1]
        if before.clause != word.clause:
            continue
        if before.text in _BEFORE_TO and middle.text == "to" and word.text in _NO_VERBS:
            return True
        if word.quotation != NARRATION:
            continue
        slowly = before.text in ("slowly", "quickly", "softly", "quietly")
        moves = _is_verb(before) or (slowly and word.text in ("over", "under", "through", "into"))
        if middle.text == "and" and word.text in _PREPOSITIONS and moves:
            earlier, later = _around(words, at)
            if _PREPOSITIONS.isdisjoint(earlier) and not any(map(_is_verb, later)):
                return True
        won = word.text not in ("left", "lost")
        if won and middle.text == "one" and before.text in _SUPERLATIVES and _is_verb(word):
            earlier, _ = _around(words, at)
            if not earlier.isdisjoint(("was", "were")):
                return True
    return False


def let_somebody_did(draft: Reading, scene: Scene) -> bool:
    """A past form after "let": "let the dog gave it a bone"."""
    words = draft.words
    for at in range(max(1, draft.given), len(words)):
        near = words[max(0, at - _LET) : at]
        let = next((word for word in reversed(near) if word.text == "let"), None)
        if let is None or let.clause != words[at].clause or words[at].text not in PAST:
            continue
        between = {word.text for word in near[near.index(let) + 1 :]}
        if words[at].text not in _SAME_FORM and between.isdisjoint(_AFTER_LET):
            return True
    return False


def _around(words: Sequence[Word], at: int) -> tuple[set[str], list[Word]]:
    """The texts of a word's clause before it, and the words from it on."""
    clause = words[at].clause
    before = {word.text for word in words[:at] if word.clause == clause}
    return before, [word for word in words[at:] if word.clause == clause]


def question_without_mark(draft: Reading, scene: Scene) -> bool:
    """Somebody asks, and what is said is no question."""
    spoken = [word.text for word in draft.narration]
    asks = "asked" in spoken and "for" not in spoken and "please" not in draft.texts
    return asks and draft.line.count('"') == 2 and "?" not in draft.line


def _clauses(draft: Reading) -> list[Sequence[Word]]:
    """The parts of the narration between marks, of which the model wrote the end."""
    parts: dict[int, list[Word]] = {}
    for word in draft.narration:
        parts.setdefault(word.clause, []).append(word)
    own = {word.clause for word in draft.own_words}
    return [words for clause, words in parts.items() if clause in own]


def _is_verb(word: Word) -> bool:
    return word.text in PAST or word.text in _PRESENT or word.text.endswith(("ed", "n't"))
