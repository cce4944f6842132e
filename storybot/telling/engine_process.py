"""What all ways of running the engine share: options, start, deadlines and failures."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import TypeVar

from storybot.config.schema import TellingSettings
from storybot.errors import Exit, StorybotError
from storybot.system.processes import limit_cpu_time

READ_BYTES = 4096  # bytes read at once
STDERR_TAIL_BYTES = 4096  # bytes kept of what the engine says on stderr
TERM_GRACE_S = 0.5  # s between TERM and KILL
MODEL_EXIT_CODES = (3, 4, 5, 7)  # exit codes of storyteller: file, model, tokenizer, file vanished

# Terminals obey control characters; a story has none but the end of a line.
CONTROL_CHARACTERS = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if code != 0x0A}
Result = TypeVar("Result")


def engine_options(settings: TellingSettings, tokenizer: Path | None) -> list[str]:
    """The options that hold for every story."""
    options = ["-t", f"{settings.temperature:g}", "-p", f"{settings.topp:g}"]
    if tokenizer is not None:
        options += ["-z", str(tokenizer)]
    if settings.threads != 1:
        options += ["-j", str(settings.threads)]
    if settings.kernel:
        options += ["--kernel", settings.kernel]
    return options


async def start_engine(
    program: Path, arguments: Sequence[str | bytes], cpu_seconds: float, commands: bool = False
) -> asyncio.subprocess.Process:
    """Start a child that may use so much processor time; OSError when it cannot start.

    `commands`: it reads them from its stdin.
    """
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.PIPE if commands else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    limit_cpu_time(process.pid, cpu_seconds)
    return process


def cannot_start(program: Path, error: OSError) -> StorybotError:
    """The program is not there, or may not be run."""
    return StorybotError(
        f"the engine {program} cannot be started ({error.strerror}); build it with `make engine`",
        Exit.ENGINE,
    )


async def within(seconds: float, work: Awaitable[Result]) -> Result:
    """Await `work` for at most so long; other tasks get their turn even if it is ready at once."""
    async with asyncio.timeout(seconds):
        result = await work
    await asyncio.sleep(0)
    return result


async def read_tail(stream: asyncio.StreamReader) -> str:
    """Read a stream to its end and keep the last of it."""
    kept = b""
    while data := await stream.read(READ_BYTES):
        kept = (kept + data)[-STDERR_TAIL_BYTES:]
    return kept.decode("utf-8", "replace")


async def read_empty(stream: asyncio.StreamReader) -> None:
    """Read what an ended child left: asyncio keeps a pipe until it is read empty."""
    with contextlib.suppress(TimeoutError):
        await within(TERM_GRACE_S, stream.read())


def silence(deadline: float) -> StorybotError:
    """The engine missed its deadline of so many seconds."""
    return StorybotError(
        f"the engine was silent for {deadline:g} s and was ended; "
        "try a smaller model or longer deadlines in the settings",
        Exit.ENGINE,
    )


def failure(status: int, said: str) -> StorybotError:
    """What an exit status and the last words on stderr mean."""
    if status < 0:
        name = str(-status)
        with contextlib.suppress(ValueError):
            name = signal.Signals(-status).name
        return StorybotError(
            f"the engine was ended by {name} and the story is cut short; ask for another one",
            Exit.ENGINE,
        )
    lines = [
        line.strip() for line in said.translate(CONTROL_CHARACTERS).splitlines() if line.strip()
    ]
    reason = lines[-1].removeprefix("storyteller: ") if lines else f"exit status {status}"
    return StorybotError(
        f"the engine gave up: {reason}", Exit.MODEL if status in MODEL_EXIT_CODES else Exit.ENGINE
    )
