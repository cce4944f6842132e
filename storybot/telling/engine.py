"""The engine as a child process: an opening in, the story's text out while it is being written."""

from __future__ import annotations

import asyncio
import codecs
import errno
import os
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING

from storybot.config.schema import TellingSettings
from storybot.errors import Exit, StorybotError
from storybot.system.processes import end_group
from storybot.telling.engine_figures import EngineFigures, read_figures
from storybot.telling.engine_process import (
    CONTROL_CHARACTERS,
    READ_BYTES,
    TERM_GRACE_S,
    cannot_start,
    engine_options,
    failure,
    read_empty,
    read_tail,
    silence,
    start_engine,
    within,
)

if TYPE_CHECKING:
    from storybot.telling.drafts import DraftsEngine

UNREADABLE_MAX_SHARE = 0.25  # share of characters that are not UTF-8, above which this is no story
UNREADABLE_MIN_CHARACTERS = 64  # characters to judge that by
PROMPT_EXIT_CODE = 9  # of storyteller: the opening leaves no room for a story
_REPLACED = "\ufffd"


class Engine:
    """Runs `storyteller MODEL ... -i OPENING`, one process for each story."""

    def __init__(
        self, settings: TellingSettings, program: Path, model: Path, tokenizer: Path | None = None
    ) -> None:
        self._settings = settings
        self.program, self._model, self._tokenizer = program, model, tokenizer
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
        until then stands. Raises StorybotError(Exit.USAGE) when the opening leaves no room for a
        story. A stop() ends the iteration without an error.
        """
        self.figures, self._stopped = None, False
        tokens = self._settings.longest if longest is None else longest
        started = time.monotonic()
        process = await self._start(opening, seed, tokens)
        assert process.stdout is not None and process.stderr is not None
        errors = asyncio.create_task(read_tail(process.stderr))
        text = _Text()
        first: float | None = None
        try:
            deadline = self._settings.first_deadline
            while not self._stopped:
                data = await within(deadline, process.stdout.read(READ_BYTES))
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
            status = await within(deadline, process.wait())
            said = await errors
        except TimeoutError:
            if self._stopped:
                return
            raise silence(deadline) from None
        finally:
            try:
                await self._end(process, TERM_GRACE_S)
                await read_empty(process.stdout)
            finally:
                errors.cancel()
        if self._stopped:
            return
        if status != 0:
            raise _too_long(tokens) if status == PROMPT_EXIT_CODE else failure(status, said)
        if first is None:
            raise StorybotError(
                "the engine wrote nothing; check the model with `storybot doctor`", Exit.ENGINE
            )
        self.figures = read_figures(said, first)

    def drafts(self) -> DraftsEngine:
        """The same program and model, to write drafts."""
        from storybot.telling.drafts import DraftsEngine  # with plans: 0.1 MB until the first story

        return DraftsEngine(self._settings, self.program, self._model, self._tokenizer)

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
        arguments: list[str | bytes] = [str(self._model), "--stats"]
        arguments += [*engine_options(settings, self._tokenizer), "-s", str(seed)]
        arguments += ["-n", str(tokens), "-i", _in_utf8(opening.translate(CONTROL_CHARACTERS))]
        seconds = settings.first_deadline + tokens * settings.token_deadline
        try:
            process = await start_engine(self.program, arguments, seconds)
        except OSError as error:
            if error.errno == errno.E2BIG:
                raise _too_long(tokens) from None
            raise cannot_start(self.program, error) from None
        self._process = process
        return process

    async def _end(self, process: asyncio.subprocess.Process, grace: float) -> None:
        try:
            await end_group(process, grace)
        finally:
            if self._process is process:
                self._process = None


def _in_utf8(text: str) -> bytes:
    """As the engine reads it, whatever the locale: bytes that had no meaning there as they came."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(text)


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
        return text.replace(_REPLACED, "").translate(CONTROL_CHARACTERS)


def _too_long(tokens: int) -> StorybotError:
    return StorybotError(
        f"the opening is too long: nothing of a story fits behind it in {tokens} tokens or in the "
        "model's context; give a shorter opening or raise telling.longest (--length)",
        Exit.USAGE,
    )
