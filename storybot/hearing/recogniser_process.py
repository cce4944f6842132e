"""The hearing child: `python -m storybot.hearing.recogniser_process SETTINGS`; JSON lines.

It tells {"event": "ready" | "level" | "heartbeat" | "keyphrase" | "heard" | "trouble", ...} on
stdout and is told {"do": "listen", "for": ...}, {"do": "pause"} or {"do": "quit"} on stdin. What
is no request where one is awaited is told as "heard" without a text. It ends when stdin does:
nobody hears any more what it hears. Everything happens in one thread, so that a heartbeat proves
that sound was read and dealt with.
"""

from __future__ import annotations

import storybot.system.lean_imports  # before all others
import storybot.system.no_logging  # noqa: F401

# isort: split
import contextlib
import json
import os
import select
import sys
import time
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from storybot.errors import StorybotError
from storybot.hearing.microphones.choice import open_microphone
from storybot.hearing.pcm import level_dbfs
from storybot.hearing.recognisers.choice import make_recogniser
from storybot.hearing.utterance import Utterance
from storybot.language.listening import KeyphraseOnly, ListenFor

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings
    from storybot.hearing.microphones.microphone import Microphone
    from storybot.hearing.recognisers.recogniser import Recogniser

HEARTBEAT_INTERVAL_S = 1.0  # s between two heartbeats, and two levels
REOPEN_INTERVAL_S = 1.0  # s between two attempts to open a microphone that is not there
COMMAND_MAX_BYTES = 65536  # bytes


class RecogniserProcess:
    """Reads blocks, has them recognised, and tells what was heard."""

    def __init__(
        self,
        recogniser: Recogniser,
        microphone: Callable[[], Microphone],
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        self._recogniser, self._open, self._tell = recogniser, microphone, tell
        self._microphone: Microphone | None = None
        self._complaint = ""  # the trouble last told, so that it is told once
        self._listening = False
        self._called = False  # a request is awaited
        self._during_story = False  # only "stop" is
        self._read = self._decoded = 0  # samples at 16 kHz; what is decoded again counts again
        self._next_heartbeat = 0.0
        self._waiting: deque[bytes] = deque()  # blocks read while a long decoding went on
        recogniser.meanwhile = self.meanwhile

    def command(self, order: dict[str, Any]) -> bool:
        """Carries out one order; False when it was to quit. What it does not know it ignores."""
        if order.get("do") == "listen":
            try:
                what = ListenFor(order.get("for"))
            except ValueError:
                return True
            if self._during_story and what is not ListenFor.STOP:
                self._recogniser.finish()  # what began while the robot spoke may be its own words
            self._during_story = what is ListenFor.STOP
            self._recogniser.listen_for(what)
            self._called = what is ListenFor.REQUEST
            self._listening = True
        elif order.get("do") == "pause":
            self._listening = False
            self._recogniser.finish()
        return order.get("do") != "quit"

    def step(self) -> float:
        """Deals with one block. Returns how many seconds to wait before the next step."""
        wait = 0.0
        block = b""
        try:
            if self._microphone is None:
                self._microphone = self._open()
                self._complaint = ""
                self._ready(self._microphone)
            block = self._waiting.popleft() if self._waiting else self._fresh(self._microphone)
        except StorybotError as fault:
            self._lose(fault)
            wait = REOPEN_INTERVAL_S
        if self._listening and block:
            for event in self._recogniser.hear(block):
                self._pass_on(event)
        self._decoded += len(block) // 2
        self._beat(block)
        return wait

    def meanwhile(self, samples: int) -> None:
        """The recogniser worked through so many samples of what it decodes."""
        self._decoded += samples
        if self._microphone is None or time.monotonic() < self._next_heartbeat:
            return
        with contextlib.suppress(StorybotError):  # the next step will meet it again
            self._waiting.append(self._fresh(self._microphone))
        self._beat(b"")

    def _fresh(self, microphone: Microphone) -> bytes:
        block = microphone.read()
        self._read += len(block) // 2
        return block

    def close(self) -> None:
        if self._microphone is not None:
            self._microphone.close()
            self._microphone = None

    def _ready(self, microphone: Microphone) -> None:
        self._tell(
            {"event": "ready", "recogniser": self._recogniser.name, "microphone": microphone.name}
        )

    def _lose(self, fault: StorybotError) -> None:
        """The microphone is not there: say so once; it is looked for again by its name."""
        self.close()
        if str(fault) != self._complaint:
            self._complaint = str(fault)
            self._tell({"event": "trouble", "sentence": self._complaint})

    def _pass_on(self, event: Utterance | KeyphraseOnly) -> None:
        if isinstance(event, KeyphraseOnly):
            # The answer may follow before whoever is told of the call can ask for it.
            self._recogniser.listen_for(ListenFor.REQUEST)
            self._called = True
            self._tell({"event": "keyphrase"})
        elif event.sure or self._called:
            text = event.text if event.sure else ""
            self._tell({"event": "heard", "text": text, "confidence": event.confidence})

    def _beat(self, block: bytes) -> None:
        if time.monotonic() < self._next_heartbeat:
            return
        self._next_heartbeat = time.monotonic() + HEARTBEAT_INTERVAL_S
        self._tell({"event": "heartbeat", "read": self._read, "decoded": self._decoded})
        if block:
            self._tell({"event": "level", "rms": round(level_dbfs(block), 1)})


class Orders:
    """JSON lines that come in on a file descriptor, looked at without waiting longer than told."""

    def __init__(self, source: int) -> None:
        self._source, self._rest, self.ended = source, b"", False

    def take(self, wait: float) -> list[dict[str, Any]]:
        """The orders that came in within `wait` s; what is no JSON object is dropped."""
        if not select.select([self._source], [], [], wait)[0]:
            return []
        came = os.read(self._source, COMMAND_MAX_BYTES)
        self.ended = not came
        *lines, self._rest = (self._rest + came).split(b"\n")
        self._rest = self._rest[-COMMAND_MAX_BYTES:]
        return [order for line in lines if (order := _parsed(line)) is not None]


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        order = json.loads(line)
    except ValueError:
        return None
    return order if isinstance(order, dict) else None


def _tell(event: dict[str, Any]) -> None:
    os.write(sys.stdout.fileno(), json.dumps(event, ensure_ascii=False).encode() + b"\n")


def main() -> int:
    given = json.loads(sys.argv[1])
    # Its fields alone: making the settings' own classes takes 0.4 MB.
    settings: HearingSettings = SimpleNamespace(**given["hearing"])  # type: ignore[assignment]
    profile = str(given["profile"])
    try:
        recogniser = make_recogniser(settings)
    except StorybotError as fault:
        _tell({"event": "trouble", "sentence": str(fault)})
        return 1
    process = RecogniserProcess(recogniser, lambda: open_microphone(settings, profile), _tell)
    orders = Orders(sys.stdin.fileno())
    wait = 0.0
    try:
        while not orders.ended:
            if not all(process.command(order) for order in orders.take(wait)):
                break
            wait = process.step()
    except BrokenPipeError:
        return 1
    finally:
        process.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
