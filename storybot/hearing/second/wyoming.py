"""Another machine's recogniser, by way of `storybot wyoming --recogniser`; none where it is gone.

That process has the network, we have a Unix socket. Each question is a connection of its own: a
line of JSON {"bytes": 64000} and so many bytes of speech, 16 kHz mono int16; the answer is a line
{"text": ...}. Without one the connection ends.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Sequence

from storybot.hearing.second.confirmation import ANSWER_WAIT_S
from storybot.hearing.second.second_recogniser import State, Transcript

SOCKET = "/run/storybot-recogniser/socket"
RETRY_S = 30.0  # from a failure to the next question: what is said meanwhile is not held up
LONGEST_S = 5.0  # for an answer, whoever waits for it: the process itself hangs up earlier
ANSWER_MAX_BYTES = 8192


class WyomingRecogniser:
    """Everything in it returns at once."""

    name = "wyoming"

    def __init__(self, path: str = SOCKET) -> None:
        self._path = path
        self._connection: socket.socket | None = None  # of the question that waits for its answer
        self._unsent = self._came = b""
        self._asked = 0.0  # when, in monotonic s
        self._not_before = 0.0  # the same: the next question
        self._trouble = ""

    @property
    def state(self) -> State:
        """Lost from a failure to the next answer, but for the time of a question between them."""
        return State.LOST if self._trouble and self._connection is None else State.READY

    @property
    def trouble(self) -> str:
        return self._trouble

    def ask(self, pcm: bytes, suspected: Sequence[str], slower: float = 1.0) -> bool:
        """What is suspected stays here: the protocol has no place for it, nor for whose voice."""
        self.close()
        if self._trouble and time.monotonic() < self._not_before:
            return False
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._connection.setblocking(False)
        self._unsent, self._came = json.dumps({"bytes": len(pcm)}).encode() + b"\n" + pcm, b""
        self._asked = time.monotonic()
        try:
            self._connection.connect(self._path)
            self._send()
        except OSError as error:
            self._failed(str(error))
            return False
        return True

    def ask_again(self, texts: Sequence[str]) -> bool:
        return False

    def answer(self) -> Transcript | None:
        if self._connection is None:
            return None
        try:
            self._send()
            came = self._connection.recv(ANSWER_MAX_BYTES)
        except BlockingIOError:
            if time.monotonic() - self._asked > LONGEST_S:
                self._failed("its process hangs")
            return None
        except OSError as error:
            self._failed(str(error))
            return None
        self._came += came
        if came and not self._came.endswith(b"\n") and len(self._came) < ANSWER_MAX_BYTES:
            return None
        try:
            transcript = Transcript(str(json.loads(self._came)["text"]))
        except (ValueError, TypeError, KeyError):
            self._failed("it gave no answer")
            return None
        self._trouble = ""
        self.close()
        return transcript

    def forget(self) -> None:
        """One that was waited for to the end is not asked again soon."""
        if self._connection is None:
            return
        if time.monotonic() - self._asked >= ANSWER_WAIT_S:
            self._failed("it is too slow")
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(self) -> None:
        assert self._connection is not None
        if self._unsent:
            with contextlib.suppress(BlockingIOError):  # the other process will read
                self._unsent = self._unsent[self._connection.send(self._unsent) :]

    def _failed(self, why: str) -> None:
        self.close()
        self._trouble = f"the other machine's recogniser is gone: {why}"
        self._not_before = time.monotonic() + RETRY_S


def make() -> WyomingRecogniser:
    """The recogniser; whether anybody answers is seen at the first question."""
    return WyomingRecogniser()


def missing() -> str:
    """What has to be installed for it: nothing here."""
    return ""
