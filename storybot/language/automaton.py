"""Sentences as a finite-state automaton with few states (pure)."""

from __future__ import annotations

from collections.abc import Iterable

START, END = 0, 1

# Source state, target state, probability after the source, and the word; "": no word (a skip).
Transition = tuple[int, int, float, str]


class Automaton:
    """Every path from START to END is a sentence. Alternatives are equally likely, as in JSGF.

    PocketSphinx compiles JSGF itself, but into a state for each alternative: 5.8 MB for 300
    things where the same sentences take one.
    """

    def __init__(self) -> None:
        self._states = END + 1
        self._transitions: list[Transition] = []

    def state(self) -> int:
        self._states += 1
        return self._states - 1

    def say(self, source: int, target: int, phrases: Iterable[str], share: float = 1.0) -> None:
        """Add transitions for one of the phrases, which are equally likely."""
        alternatives = [phrase.split() for phrase in phrases]
        for *words, last in alternatives:
            at, part = source, share / len(alternatives)
            for word in words:
                at, part = self._follow(at, part, word), 1.0
            self._transitions.append((at, target, part, last))

    def may_say(self, source: int, target: int, phrases: Iterable[str], share: float = 1.0) -> None:
        """Add transitions for one of the phrases or none, all equally likely."""
        phrases = list(phrases)
        nothing = share / (len(phrases) + 1)
        self.say(source, target, phrases, share - nothing)
        self.skip(source, target, nothing)

    def skip(self, source: int, target: int, share: float) -> None:
        self._transitions.append((source, target, share, ""))

    def _follow(self, source: int, share: float, word: str) -> int:
        target = self.state()
        self._transitions.append((source, target, share, word))
        return target

    def transitions(self) -> list[Transition]:
        """All transitions, with one skip for each chain of skips: PocketSphinx follows only one."""
        skips = {(at, to): share for at, to, share, word in self._transitions if not word}
        found = list(skips.items())
        for (source, middle), share in found:  # grows as it goes
            for (begin, target), rest in list(skips.items()):
                if begin == middle and skips.get((source, target), 0.0) < share * rest:
                    skips[source, target] = share * rest
                    found.append(((source, target), share * rest))
        said = [transition for transition in self._transitions if transition[3]]
        return said + [(source, target, share, "") for (source, target), share in skips.items()]
