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
        self.forgotten = 0
        self.closed = False
        self._waits = False

    def ask(self, pcm: bytes, suspected: Sequence[str]) -> bool:
        if self.state is not State.READY:
            return False
        self.asked.append((pcm, tuple(suspected)))
        self._waits = True
        return True

    def answer(self) -> Transcript | None:
        if not self._waits or self.says is None:
            return None
        self._waits = False
        return Transcript(self.says, 0.0, self.lead)

    def forget(self) -> None:
        self.forgotten += 1
        self._waits = False

    def close(self) -> None:
        self.closed = True
