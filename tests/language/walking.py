"""Walks an automaton as PocketSphinx does: a word, then at most one skip."""

from __future__ import annotations

from collections.abc import Sequence

from storybot.language.automaton import END, START, Transition


def share_of(transitions: Sequence[Transition], sentence: str) -> float:
    """The likeliest path's product of shares; 0 where the sentence is not accepted."""
    at = _step(transitions, {START: 1.0}, "")
    for word in sentence.split():
        at = _step(transitions, _step(transitions, at, word), "")
    return at.get(END, 0.0)


def _step(transitions: Sequence[Transition], at: dict[int, float], word: str) -> dict[int, float]:
    """Where this word leads to; no word leads on and leaves where one is."""
    reached = {} if word else dict(at)
    for source, target, share, said in transitions:
        if said == word and source in at:
            reached[target] = max(reached.get(target, 0.0), at[source] * share)
    return reached
