"""The engine as a child process: an opening in, the story's text out while it is being written."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import signal
import time
from collections.abc import AsyncGenerator, Awaitable
from pathlib import Path
from typing import TypeVar

from storybot.config.schema import TellingSettings
from storybot.errors import Exit, StorybotError
from storybot.system.processes import end_group, limit_cpu_time
from storybot.telling.engine_figures import EngineFigures, read_figures

READ_BYTES = 4096  # bytes read at once
STDERR_TAIL_BYTES = 4096  # bytes kept of what the engine says on stderr
TERM_GRACE_S = 0.5  # s between TERM and KILL
UNREADABLE_MAX_SHARE = 0.25  # share of characters that are not UTF-8, above which this is no story
UNREADABLE_MIN_CHARACTERS = 64  # characters to judge that by
MODEL_EXIT_CODES = (3, 4, 5, 7)  # exit codes of storyteller: file, model, tokenizer, file vanished

# Terminals obey control characters; a story has none but the end of a line.
_CONTROL_CHARACTERS = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if code != 0x0A}
Result = TypeVar("Result")
_REPLACED = "\ufffd"


class Engine:
    """Runs `storyteller MODEL ... -i OPENING`, one process for each story."""

    def __init__(
        self, settings: TellingSettings, program: Path, model: Path, tokenizer: Path | None = None
    ) -> None:
        self._settings = settings
        self._program, self._model, self._tokenizer = program, model, tokenizer
        self._process: asyncio.subprocess.Process | None = None
        self._stopped = False
        self.figures: EngineFigures | None = None  # of the last story that ended

    @property
    def pid(self) -> int | None:
        """The child's process id while a story is written."""
        return None if self._process is None else self._process.pid

    async def tell(
        self, opening: str, seed: int, longest: int | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the story from its opening on, in pieces of any size, as it is written.

        `longest` bounds the story in tokens. Raises StorybotError(Exit.ENGINE) when the engine
        cannot start, misses a deadline, fails, or writes what is not text; what was yielded
        until then stands. A stop() ends the iteration without an error.
        """
        self.figures, self._stopped = None, False
        tokens = self._settings.longest if longest is None else longest
        started = time.monotonic()
        process = await self._start(opening, seed, tokens)
        assert process.stdout is not None and process.stderr is not None
        errors = asyncio.create_task(_tail(process.stderr))
        text = _Text()
        first: float | None = None
        try:
            deadline = self._settings.first_deadline
            while not self._stopped:
                data = await _within(deadline, process.stdout.read(READ_BYTES))
                if not data:
                    break
                if first is None:
                    first = time.monotonic() - started
                deadline = self._settings.token_deadline
                if piece := text.decode(data):
                    yield piece
            if self._stopped:
                return
            if piece := text.decode(b"", final=True):
                yield piece
            status = await _within(deadline, process.wait())
            said = await errors
        except TimeoutError:
            if self._stopped:
                return
            raise StorybotError(
                f"the engine was silent for {deadline:g} s and was ended; "
                "try a smaller model or longer deadlines in the settings",
                Exit.ENGINE,
            ) from None
        finally:
            try:
                await self._end(process, TERM_GRACE_S)
                with contextlib.suppress(TimeoutError):  # asyncio keeps a pipe until it is read
                    await _within(TERM_GRACE_S, process.stdout.read())
            finally:
                errors.cancel()
        if self._stopped:
            return
        if status != 0:
            raise _failure(status, said)
        if first is None:
            raise StorybotError(
                "the engine wrote nothing; check the model with `storybot doctor`", Exit.ENGINE
            )
        self.figures = read_figures(said, first)

    async def stop(self, grace: float = TERM_GRACE_S) -> None:
        """End the story that is being written, if there is one: TERM, `grace` s, then KILL.

        CannotBeKilled when that does not end it.
        """
        self._stopped = True
        if self._process is not None:
            await self._end(self._process, grace)

    async def _start(self, opening: str, seed: int, tokens: int) -> asyncio.subprocess.Process:
        if self._process is not None:
            raise RuntimeError("one story at a time")
        settings = self._settings
        arguments = ["--stats", "-t", f"{settings.temperature:g}", "-p", f"{settings.topp:g}"]
        arguments += [
            "-s",
            str(seed),
            "-n",
            str(tokens),
            "-i",
            opening.translate(_CONTROL_CHARACTERS),
        ]
        if self._tokenizer is not None:
            arguments += ["-z", str(self._tokenizer)]
        if settings.threads != 1:
            arguments += ["-j", str(settings.threads)]
        if settings.kernel:
            arguments += ["--kernel", settings.kernel]
        try:
            process = await asyncio.create_subprocess_exec(
                self._program,
                self._model,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise StorybotError(
                f"the engine {self._program} cannot be started ({error.strerror}); "
                "build it with `make engine`",
                Exit.ENGINE,
            ) from None
        limit_cpu_time(process.pid, settings.first_deadline + tokens * settings.token_deadline)
        self._process = process
        return process

    async def _end(self, process: asyncio.subprocess.Process, grace: float) -> None:
        try:
            await end_group(process, grace)
        finally:
            if self._process is process:
                self._process = None


class _Text:
    """Bytes to text: UTF-8 cut anywhere, without control characters and stray bytes."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._characters = self._unreadable = 0

    def decode(self, data: bytes, final: bool = False) -> str:
        text = self._decoder.decode(data, final)
        self._characters += len(text)
        self._unreadable += text.count(_REPLACED)
        enough = final or self._characters >= UNREADABLE_MIN_CHARACTERS
        if enough and self._unreadable > UNREADABLE_MAX_SHARE * self._characters:
            raise StorybotError(
                "the engine writes bytes that are not UTF-8 text; "
                "the model and its tokenizer do not belong together: run `storybot doctor`",
                Exit.ENGINE,
            )
        return text.replace(_REPLACED, "").translate(_CONTROL_CHARACTERS)


async def _within(seconds: float, work: Awaitable[Result]) -> Result:
    """Await `work` for at most so long; other tasks get their turn even if it is ready at once."""
    async with asyncio.timeout(seconds):
        await asyncio.sleep(0)
        return await work


async def _tail(stream: asyncio.StreamReader) -> str:
    """Read a stream to its end and keep the last of it."""
    kept = b""
    while data := await stream.read(READ_BYTES):
        kept = (kept + data)[-STDERR_TAIL_BYTES:]
    return kept.decode("utf-8", "replace")


def _failure(status: int, said: str) -> StorybotError:
    if status < 0:
        name = str(-status)
        with contextlib.suppress(ValueError):
            name = signal.Signals(-status).name
        return StorybotError(
            f"the engine was ended by {name} and the story is cut short; ask for another one",
            Exit.ENGINE,
        )
    lines = [
        line.strip() for line in said.translate(_CONTROL_CHARACTERS).splitlines() if line.strip()
    ]
    reason = lines[-1].removeprefix("storyteller: ") if lines else f"exit status {status}"
    return StorybotError(
        f"the engine gave up: {reason}", Exit.MODEL if status in MODEL_EXIT_CODES else Exit.ENGINE
    )
