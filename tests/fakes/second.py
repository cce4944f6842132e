"""A second recogniser that answers what the test wants, when it wants."""

from __future__ import annotations

from collections.abc import Sequence

from storybot.hearing.second.second_recogniser import State, Transcript


class FakeSecond:
    """Speaks the SecondRecogniser interface; `says` None: it is slow."""

    name = "fake"
    pid: int | None = None

    def __init__(self, says: str | None = None, lead: float | None = 20.0) -> None:
        self.says, self.lead = says, lead
        self.state = State.READY
        self.trouble = ""
        self.asked: list[tuple[bytes, tuple[str, ...]]] = []
        self.asked_again: list[tuple[str, ...]] = []
        self.others: tuple[tuple[str, float], ...] | None = None  # of a second answer; None: none
        self.slower = 1.0
        self.forgotten = 0
        self.closed = False
        self._waits = False

    def ask(self, pcm: bytes, suspected: Sequence[str], slower: float = 1.0) -> bool:
        if self.state is not State.READY:
            return False
        self.slower = slower
        self.asked.append((pcm, tuple(suspected)))
        self._waits = True
        return True

    def ask_again(self, texts: Sequence[str]) -> bool:
        if self.others is None:
            return False
        self.asked_again.append(tuple(texts))
        self._waits = True
        return True

    def answer(self) -> Transcript | None:
        if not self._waits or self.says is None:
            return None
        self._waits = False
        leads = () if self.lead is None else (self.lead,)
        others = self.others or () if self.asked_again else ()
        return Transcript(self.says, 0.0, leads, others)

    def forget(self) -> None:
        self.forgotten += 1
        self._waits = False

    def close(self) -> None:
        self.closed = True
