"""The parent's side of the recogniser process: starts it, steers it, hands on its events."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storybot.config.schema import HearingSettings
from storybot.errors import Exit, StorybotError
from storybot.system.processes import end_group

PROCESS_MODULE = "storybot.hearing.recogniser_process"
SMALL_HEAP_ENVIRONMENT = {  # large blocks go back to the system as soon as they are free: 0.6 MB
    "MALLOC_MMAP_THRESHOLD_": "65536",  # bytes, as all
    "MALLOC_TOP_PAD_": "4096",
    "MALLOC_TRIM_THRESHOLD_": "16384",
}


@dataclass(frozen=True)
class Ready:
    """The microphone is open, for the first time or again."""

    recogniser: str
    microphone: str


@dataclass(frozen=True)
class Level:
    rms: float  # dBFS of the last 0.1 s


@dataclass(frozen=True)
class Heartbeat:
    """Proof of progress: both counts grow while there is a microphone."""

    read: int  # samples at 16 kHz since the start
    decoded: int  # how many were listened to, decoded or, while paused, let go


@dataclass(frozen=True)
class KeyphraseRecognised:
    """Somebody called; from here on it listens for the request by itself."""


@dataclass(frozen=True)
class UtteranceRecognised:
    text: str
    confidence: float


@dataclass(frozen=True)
class Trouble:
    """The microphone or recogniser is missing; a microphone is looked for until Ready."""

    sentence: str


@dataclass(frozen=True)
class Ended:
    """The child is gone; no event follows."""

    code: int


RecogniserEvent = (
    Ready | Level | Heartbeat | KeyphraseRecognised | UtteranceRecognised | Trouble | Ended
)
EVENT_TYPES: dict[str, type[Any]] = {  # by the word that the process writes
    "ready": Ready,
    "level": Level,
    "heartbeat": Heartbeat,
    "keyphrase": KeyphraseRecognised,
    "heard": UtteranceRecognised,
    "trouble": Trouble,
}


def small_start() -> tuple[tuple[str, ...], dict[str, str]]:
    """Flags and environment of a recogniser process that is as small as the one that starts it.

    It finds its modules where we do, without the module `site` that would search for them (0.2 MB).
    """
    places = dict.fromkeys((*filter(None, sys.path), str(Path(__file__).parents[2])))
    environment = {**os.environ, **SMALL_HEAP_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(places)}
    return ("-OO", "-S"), environment


class RecogniserClient:
    """One recogniser process, from its start to its end."""

    def __init__(self, settings: HearingSettings, profile: str) -> None:
        self._given = {"hearing": dataclasses.asdict(settings), "profile": profile}
        self._process: asyncio.subprocess.Process | None = None
        self._first: RecogniserEvent | None = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    @property
    def ended(self) -> bool:
        """Whether the process is gone, or was never there."""
        return self._process is None or self._process.returncode is not None

    async def start(self) -> None:
        """Start the child and wait for its first word: Ready or Trouble.

        StorybotError(SOUND_IN) when it ended without one.
        """
        flags, environment = small_start() if sys.flags.optimize == 2 else ((), None)
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *flags,
                "-m",
                PROCESS_MODULE,
                json.dumps(self._given),
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # ALSA and JACK talk there
                start_new_session=True,
            )
        except OSError as error:  # no memory or no process left just now
            raise StorybotError(
                f"the recogniser cannot be started ({error.strerror})", Exit.SOUND_IN
            ) from error
        self._first = await self._next()
        if isinstance(self._first, Ended):
            raise StorybotError(
                f"the recogniser ended at its start with status {self._first.code}", Exit.SOUND_IN
            )

    async def events(self) -> AsyncIterator[RecogniserEvent]:
        """What the child tells, to its end; the last event is Ended."""
        event = self._first or await self._next()
        while True:
            yield event
            if isinstance(event, Ended):
                return
            event = await self._next()

    async def listen(self, what: str) -> None:
        """Listen for "keyphrase", "request" or "stop" from now on."""
        await self.send({"do": "listen", "for": what})

    async def pause(self) -> None:
        """Keep the microphone open and let its sound go."""
        await self.send({"do": "pause"})

    async def send(self, order: dict[str, str]) -> None:
        """One order to the child; lost without a word when it has ended."""
        if self._process is None or self._process.stdin is None:
            return
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            await self._process.stdin.drain()

    async def stop(self, grace: float) -> None:
        """End the child: TERM, after `grace` s KILL, both to its whole process group.

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
                "the recogniser sends what nobody understands", Exit.SOUND_IN
            ) from error
