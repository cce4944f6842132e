"""The daemon's side of the recogniser process: starts it, sends commands, reads events."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import sys
from collections.abc import AsyncIterator
from typing import Any

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.language.family import known_family
from storybot.record import Record
from storybot.system.processes import end_group
from storybot.system.python_child import python_command

PROCESS_MODULES = {
    "small": "storybot.hearing.small_recogniser_process",
    "full": "storybot.hearing.recogniser_process",
}
SMALL_FLAGS = ("-S",)  # without the module `site`, which would search for modules: 0.2 MB
SMALL_HEAP_ENVIRONMENT = {  # large blocks go back to the system as soon as they are free: 0.6 MB
    "MALLOC_MMAP_THRESHOLD_": "65536",  # bytes, as all
    "MALLOC_TOP_PAD_": "4096",
    "MALLOC_TRIM_THRESHOLD_": "16384",
}


# Of the list, in the small profile: each hundred more takes 0.9 MB.
SMALL_THINGS = 300


class Ready(Record):
    """The microphone is open, for the first time or again."""

    recogniser: str
    microphone: str


class Level(Record):
    rms: float  # dBFS of the last 0.1 s


class Heartbeat(Record):
    """Proof of progress: both counts grow while there is a microphone."""

    read: int  # samples at 16 kHz since the start
    decoded: int  # how many of them were decoded or, while paused, dropped
    overruns: int = 0  # times since the start that the microphone lost sound


class KeyphraseRecognised(Record):
    """The keyphrase was said; the process listens for the request from here on."""


class UtteranceRecognised(Record):
    text: str
    confidence: float
    open: bool = False  # by a recogniser without a grammar: it may name what is on no list


class DoubtfulRecognised(Record):
    """A request that was perhaps made."""

    text: str
    confidence: float


class AlikeRecognised(Record):
    """A request, and another that sounds alike and fits nearly as well."""

    text: str
    other: str
    confidence: float


class SpeechBegun(Record):
    """Somebody begins to speak, while the request is awaited."""


class SecondState(Record):
    """How the second recogniser is, whenever that changes."""

    name: str
    state: str  # loading, ready, lost
    why: str = ""  # it is lost
    unanswered: int = 0  # questions that came to nothing since the start


class Trouble(Record):
    """The microphone or recogniser is missing; a microphone is looked for until Ready."""

    sentence: str


class Ended(Record):
    """The process has ended; no event follows."""

    code: int


RecogniserEvent = (
    Ready
    | Level
    | Heartbeat
    | KeyphraseRecognised
    | SpeechBegun
    | UtteranceRecognised
    | DoubtfulRecognised
    | AlikeRecognised
    | SecondState
    | Trouble
    | Ended
)
EVENT_TYPES: dict[str, type[Any]] = {  # by the word that the process writes
    "ready": Ready,
    "level": Level,
    "heartbeat": Heartbeat,
    "keyphrase": KeyphraseRecognised,
    "speech": SpeechBegun,
    "heard": UtteranceRecognised,
    "doubtful": DoubtfulRecognised,
    "alike": AlikeRecognised,
    "second": SecondState,
    "trouble": Trouble,
}


def for_profile(settings: HearingSettings, profile: str) -> HearingSettings:
    """As the process of this profile gets them."""
    if profile != "small":
        return settings
    return dataclasses.replace(settings, things=min(settings.things, SMALL_THINGS))


class RecogniserClient:
    """One recogniser process, from its start to its end."""

    def __init__(self, settings: HearingSettings, profile: str) -> None:
        self._given = {
            "hearing": dataclasses.asdict(for_profile(settings, profile)),
            "profile": profile,
            "family": [word.line for word in known_family()],
        }
        self._small = profile == "small"
        self._process: asyncio.subprocess.Process | None = None
        self._first: RecogniserEvent | None = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Start the process and wait for its first event: Ready or Trouble.

        StorybotError(Exit.SOUND_IN) when it ended without one.
        """
        # A small daemon without its compiled code runs as it was installed, and so does its child.
        optimised = self._small and sys.flags.optimize == 2
        flags = SMALL_FLAGS if optimised else ()
        environment = {**os.environ, **(SMALL_HEAP_ENVIRONMENT if optimised else {})}
        module = PROCESS_MODULES["small" if self._small else "full"]
        try:
            self._process = await asyncio.create_subprocess_exec(
                *python_command(module, json.dumps(self._given), flags=flags),
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # ALSA and JACK write messages there
                start_new_session=True,
            )
        except OSError as error:  # no memory or no process left just now
            raise StorybotError(
                f"the recogniser process cannot be started ({error.strerror})", Exit.SOUND_IN
            ) from error
        self._first = await self._next()
        if isinstance(self._first, Ended):
            raise StorybotError(
                f"the recogniser process ended at its start with status {self._first.code}",
                Exit.SOUND_IN,
            )

    async def events(self) -> AsyncIterator[RecogniserEvent]:
        """The events of the process; the last one is Ended."""
        event = self._first or await self._next()
        while True:
            yield event
            if isinstance(event, Ended):
                return
            event = await self._next()

    async def listen(self, what: str) -> None:
        """Listen for one of ListenFor, by its value, from now on."""
        await self.send({"do": "listen", "for": what})

    async def pause(self) -> None:
        """Keep the microphone open and drop its sound."""
        await self.send({"do": "pause"})

    async def tell_levels(self, often: bool) -> None:
        """A few times a second, or else once."""
        await self.send({"do": "levels", "often": often})

    async def send(self, command: dict[str, Any]) -> None:
        """Send one command; nothing happens when the process has ended."""
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
            await self._process.stdin.drain()

    async def stop(self, grace: float) -> None:
        """End the process: TERM, after `grace` s KILL, both to its whole process group.

        CannotBeKilled when that does not end it.
        """
        if self._process is not None:
            await end_group(self._process, grace)

    async def _next(self) -> RecogniserEvent:
        """The next event; lines that this parent does not understand are skipped."""
        assert self._process is not None and self._process.stdout is not None
        while line := await self._line(self._process.stdout):
            with contextlib.suppress(ValueError, TypeError, KeyError):
                fields = json.loads(line)
                event: RecogniserEvent = EVENT_TYPES[fields.pop("event")](**fields)
                return event
        return Ended(await self._process.wait())

    async def _line(self, out: asyncio.StreamReader) -> bytes:
        try:
            return await out.readline()
        except ValueError as error:  # longer than the reader's limit
            raise StorybotError(
                "the recogniser process writes what cannot be understood", Exit.SOUND_IN
            ) from error
