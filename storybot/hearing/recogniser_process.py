"""The recogniser process: `python -m storybot.hearing.recogniser_process SETTINGS`.

It writes events to stdout and reads commands from stdin, each a line of JSON: {"event": "ready" |
"level" | "heartbeat" | "keyphrase" | "speech" | "heard" | "doubtful" | "alike" | "second" |
"trouble", ...} and {"do": "listen", "for": ...}, {"do": "pause"}, {"do": "levels", "often": ...},
{"do": "quit"}. Where a request is awaited, "speech" tells that somebody begins to speak, and
"heard" without a text stands for an utterance that is none. The process ends with its stdin.
Everything happens in one thread, so that a heartbeat proves that sound was read and decoded. What
was heard may wait for a second recogniser's opinion; sound goes on being read, and is decoded after
that.
"""

from __future__ import annotations

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
from storybot.language.family import parse, use_family
from storybot.language.listening import ANSWERED, DURING_STORY, KeyphraseOnly, ListenFor

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings
    from storybot.hearing.microphones.microphone import Microphone
    from storybot.hearing.recognisers.recogniser import Recogniser
    from storybot.hearing.second.confirmation import Confirmation

HEARTBEAT_INTERVAL_S = 1.0
LEVEL_INTERVAL_S, OFTEN_S = 1.0, 0.25  # between two levels; while somebody looks at them
REOPEN_INTERVAL_S = 1.0  # between two attempts to open a microphone
COMMAND_MAX_BYTES = 65536  # bytes


class RecogniserProcess:
    """Reads blocks of sound, has them recognised, and reports events."""

    def __init__(
        self,
        recogniser: Recogniser,
        microphone: Callable[[], Microphone],
        tell: Callable[[dict[str, Any]], None],
        confirmation: Confirmation | None = None,
    ) -> None:
        """`confirmation`: of what is heard, by a second recogniser; None: there is none."""
        self._recogniser, self._open, self._tell = recogniser, microphone, tell
        self._confirmation = confirmation
        self._second: dict[str, Any] = {}  # what was told of it last
        self._microphone: Microphone | None = None
        self._complaint = ""  # the trouble reported last, so that it is reported once
        self._listening = False
        self._wanted = ListenFor.KEYPHRASE
        self._called = False  # a request is awaited
        self._speech_told = False  # that somebody speaks, since the request is awaited
        self._during_story = False  # only "stop", and a correction, is
        self._read = self._decoded = 0  # samples at 16 kHz; those decoded twice count twice
        self._earlier_overruns = 0  # of microphones that are closed
        self._next_heartbeat = self._next_level = 0.0
        self._level_interval = LEVEL_INTERVAL_S
        self._waiting: deque[bytes] = deque()  # blocks read while a long decoding went on
        recogniser.meanwhile = self.meanwhile

    def command(self, command: dict[str, Any]) -> bool:
        """Carry out one command; False for "quit". Unknown commands are ignored."""
        if command.get("do") == "listen":
            try:
                what = ListenFor(command.get("for"))
            except ValueError:
                return True
            if self._during_story and what not in DURING_STORY:
                # An utterance that began while the robot spoke may be the robot's own.
                self._recogniser.finish()
            self._during_story = what in DURING_STORY
            self._listen_for(what)
            self._forget_unconfirmed()
            self._listening = True
        elif command.get("do") == "pause":
            self._listening = False
            self._recogniser.finish()
            self._forget_unconfirmed()
        elif command.get("do") == "levels":
            self._level_interval = OFTEN_S if command.get("often") is True else LEVEL_INTERVAL_S
            self._next_level = 0.0
        return command.get("do") != "quit"

    def step(self) -> float:
        """Process one block; returns how many seconds to wait before the next step."""
        wait = 0.0
        block = b""
        try:
            if self._microphone is None:
                self._microphone = self._open()
                self._complaint = ""
                self._ready(self._microphone)
            if self._confirming():  # and reads meanwhile, or sound would be lost
                self._waiting.append(self._fresh(self._microphone))
            else:
                waits = self._waiting
                block = waits.popleft() if waits else self._fresh(self._microphone)
        except StorybotError as fault:
            self._microphone_lost(fault)
            wait = REOPEN_INTERVAL_S
        if self._listening and block:
            for event in self._recogniser.hear(block):
                if self._confirmation is None:
                    self._pass_on(event)
                else:
                    self._confirmation.begin(event, self._wanted)
            self._confirming()
            self._notice_speech()
        self._decoded += len(block) // 2
        self._beat(block)
        return wait

    def _confirming(self) -> bool:
        """Pass on what the second recogniser has confirmed; whether something waits for it."""
        if self._confirmation is None:
            return False
        for event in self._confirmation.take():
            self._pass_on(event)
        second = self._confirmation.second
        state = {
            "name": second.name,
            "state": second.state.value,
            "why": second.trouble,
            "unanswered": self._confirmation.unanswered,
        }
        if state != self._second:
            self._second = state
            self._tell({"event": "second", **state})
        return self._confirmation.pending

    def _forget_unconfirmed(self) -> None:
        if self._confirmation is not None:
            self._confirmation.forget()

    def _listen_for(self, what: ListenFor) -> None:
        self._recogniser.listen_for(what)
        self._wanted = what
        self._called, self._speech_told = what in ANSWERED, False

    def meanwhile(self, samples: int) -> None:
        """The recogniser has decoded so many samples more."""
        self._decoded += samples
        if self._microphone is None or time.monotonic() < self._next_heartbeat:
            return
        with contextlib.suppress(StorybotError):  # the next step will raise it again
            self._waiting.append(self._fresh(self._microphone))
        self._beat(b"")

    def _fresh(self, microphone: Microphone) -> bytes:
        block = microphone.read()
        self._read += len(block) // 2
        return block

    def close(self) -> None:
        if self._microphone is not None:
            self._earlier_overruns += self._microphone.overruns
            self._microphone.close()
            self._microphone = None

    def _ready(self, microphone: Microphone) -> None:
        self._tell(
            {"event": "ready", "recogniser": self._recogniser.name, "microphone": microphone.name}
        )

    def _microphone_lost(self, fault: StorybotError) -> None:
        """Report once that the microphone is missing; the next steps try to open it again."""
        self.close()
        if str(fault) != self._complaint:
            self._complaint = str(fault)
            self._tell({"event": "trouble", "sentence": self._complaint})

    def _pass_on(self, event: Utterance | KeyphraseOnly) -> None:
        if isinstance(event, KeyphraseOnly):
            # The request may follow before the daemon can react to the keyphrase.
            self._listen_for(ListenFor.REQUEST)
            self._tell({"event": "keyphrase"})
        elif event.likely:
            self._tell({"event": "doubtful", "text": event.text, "confidence": event.confidence})
        elif event.alternative:
            told = {"event": "alike", "text": event.text, "other": event.alternative}
            self._tell({**told, "confidence": event.confidence})
        elif event.sure or self._called:
            text = event.text if event.sure else ""
            heard = {"event": "heard", "text": text, "confidence": event.confidence}
            self._tell({**heard, "open": True} if event.open else heard)

    def _notice_speech(self) -> None:
        if self._called and not self._speech_told and self._recogniser.speaking:
            self._speech_told = True
            self._tell({"event": "speech"})

    def _beat(self, block: bytes) -> None:
        now = time.monotonic()
        if now >= self._next_heartbeat:
            self._next_heartbeat = now + HEARTBEAT_INTERVAL_S
            self._tell({"event": "heartbeat", **self._counts()})
        if block and now >= self._next_level:
            self._next_level = now + self._level_interval
            self._tell({"event": "level", "rms": round(level_dbfs(block), 1)})

    def _counts(self) -> dict[str, int]:
        overruns = self._earlier_overruns
        if self._microphone is not None:
            overruns += self._microphone.overruns
        return {"read": self._read, "decoded": self._decoded, "overruns": overruns}


class Commands:
    """Commands as JSON lines from a file descriptor."""

    def __init__(self, source: int) -> None:
        self._source, self._rest, self.ended = source, b"", False

    def take(self, wait: float) -> list[dict[str, Any]]:
        """The commands that came within `wait` s; lines that are no JSON object are dropped."""
        if not select.select([self._source], [], [], wait)[0]:
            return []
        came = os.read(self._source, COMMAND_MAX_BYTES)
        self.ended = not came
        *lines, self._rest = (self._rest + came).split(b"\n")
        self._rest = self._rest[-COMMAND_MAX_BYTES:]
        return [command for line in lines if (command := _parsed(line)) is not None]


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        command = json.loads(line)
    except ValueError:
        return None
    return command if isinstance(command, dict) else None


def _tell(event: dict[str, Any]) -> None:
    os.write(sys.stdout.fileno(), json.dumps(event, ensure_ascii=False).encode() + b"\n")


def main() -> int:
    given = json.loads(sys.argv[1])
    # Only its fields: importing the classes of the settings takes 0.4 MB.
    settings: HearingSettings = SimpleNamespace(**given["hearing"])  # type: ignore[assignment]
    profile = str(given["profile"])
    try:
        use_family(parse(given.get("family", ()), "the family's words"))
        recogniser = make_recogniser(settings)
        confirmation = _confirmation(settings, profile)
    except StorybotError as fault:
        _tell({"event": "trouble", "sentence": str(fault)})
        return 1
    process = RecogniserProcess(
        recogniser, lambda: open_microphone(settings, profile), _tell, confirmation
    )
    commands = Commands(sys.stdin.fileno())
    wait = 0.0
    try:
        while not commands.ended:
            if not all(process.command(command) for command in commands.take(wait)):
                break
            wait = process.step()
    except BrokenPipeError:
        return 1
    finally:
        process.close()
        if confirmation is not None:
            confirmation.second.close()
    return 0


def _confirmation(settings: HearingSettings, profile: str) -> Confirmation | None:
    if profile == "small" or settings.second_opinion == "none":  # it has no memory for these
        return None
    from storybot.hearing.second.choice import make_second
    from storybot.hearing.second.confirmation import Confirmation

    second = make_second(settings, profile)
    return None if second is None else Confirmation(second, settings.keyphrase)


if __name__ == "__main__":
    sys.exit(main())
