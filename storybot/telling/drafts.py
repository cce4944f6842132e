"""The engine writing drafts: a child process that keeps one story's context (docs/drafts.md)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from storybot.config.schema import TellingSettings
from storybot.errors import Exit, StorybotError
from storybot.system.processes import end_group
from storybot.telling.engine_process import (
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
from storybot.telling.plan import End

LONGEST_DRAFT = 40  # tokens: more than the 26 words that a sentence may have
BIAS = 5.0  # nats that are added to the logit of the next word that drafts are drawn to
CPU_SECONDS = 3600  # that a child may use: no story takes an hour


@dataclass(frozen=True, slots=True)
class Draft:
    """How the model would go on."""

    index: int  # among the drafts of one command, from 0
    tokens: int  # drawn
    in_story: float  # ln p of them all after the story and the beginning, nats
    alone: float  # ln p of them all after the beginning alone, nats
    end: str  # "sentence", "quotation", "newline", "tokens" or "story" (docs/drafts.md)
    text: str  # without the beginning


class DraftsEngine:
    """Runs `storyteller drafts MODEL`: one child for each story."""

    def __init__(
        self, settings: TellingSettings, program: Path, model: Path, tokenizer: Path | None = None
    ) -> None:
        self._settings = settings
        self._program, self._model, self._tokenizer = program, model, tokenizer
        self._process: asyncio.subprocess.Process | None = None
        self._errors: asyncio.Task[str] | None = None
        self.knows_keywords = False  # of the model, once it is started
        self.room = 0  # tokens that the story may still take

    @property
    def pid(self) -> int | None:
        """The child's process id while a story is written."""
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Start a child with an empty story; StorybotError when it cannot."""
        if self._process is not None:
            raise RuntimeError("one story at a time")
        settings = replace(self._settings, temperature=self._settings.draft_temperature)
        arguments = ["drafts", str(self._model), *engine_options(settings, self._tokenizer)]
        try:
            process = await start_engine(self._program, arguments, CPU_SECONDS, commands=True)
        except OSError as error:
            raise cannot_start(self._program, error) from None
        self._process = process
        assert process.stderr is not None
        self._errors = asyncio.create_task(read_tail(process.stderr))
        try:
            self.knows_keywords = (await self._line()).endswith(" keywords")
        except BaseException:
            await self.stop()
            raise

    async def told(self, text: str) -> None:
        """`text` joins the story."""
        await self._ask(f"told {escaped(text)}")

    async def draft(
        self,
        tag: str,
        begin: str,
        number: int,
        seed: int,
        end: End,
        guides: Sequence[str] = (),
    ) -> tuple[Draft, ...]:
        """`number` drafts for what follows `begin`, under the keywords of `tag` ("": none).

        They are drawn to the words `guides`, in their order.
        """
        if tag:
            await self._ask(f"plan {escaped(tag)}")
        if begin:
            await self._ask(f"begin {escaped(begin)}")
        if guides:
            await self._ask(f"bias {BIAS:g} {escaped(' '.join(guides))}")
        lines = await self._ask(f"draft {number} {seed} {end.value} {LONGEST_DRAFT}")
        return tuple(map(_draft, lines))

    async def keep(self, draft: Draft) -> None:
        """The draft joins the story, its beginning too; the keywords are forgotten."""
        await self._ask(f"keep {draft.index}")

    async def drop(self) -> None:
        """None of the drafts joins the story."""
        await self._ask("drop")

    async def stop(self, grace: float = TERM_GRACE_S) -> None:
        """End the child, if there is one: TERM, `grace` s, then KILL. Who waits for it gets an
        error."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        try:
            await end_group(process, grace)
        finally:
            await read_empty(process.stdout)
            if self._errors is not None:
                self._errors.cancel()

    async def _ask(self, command: str) -> list[str]:
        """Send a command; the lines before the one that closes its answer."""
        if self._process is not None:
            assert self._process.stdin is not None
            with contextlib.suppress(ConnectionError, TimeoutError):  # the next line tells why
                self._process.stdin.write(f"{command}\n".encode())
                await within(self._settings.first_deadline, self._process.stdin.drain())
        lines = []
        while not (line := await self._line()).startswith("ok "):
            lines.append(line)
        try:
            used, room = map(int, line.split()[1:])
        except ValueError:
            raise _not_ours(repr(line[:60])) from None
        self.room = room - used
        return lines

    async def _line(self) -> str:
        """The next line of an answer; StorybotError when none comes in time, or the child ended."""
        process, deadline = self._process, self._settings.first_deadline
        if process is None:
            raise StorybotError("the engine was ended; ask for another story", Exit.ENGINE)
        assert process.stdout is not None and self._errors is not None
        try:
            data = await within(deadline, process.stdout.readline())
            if not data.endswith(b"\n"):
                status = await within(deadline, process.wait())
                raise failure(status, await self._errors)
        except TimeoutError:
            raise silence(deadline) from None
        except ValueError:  # longer than asyncio reads
            raise _not_ours("a line without an end") from None
        line = data.decode("utf-8", "replace").removesuffix("\n")
        if line.startswith("error "):
            raise StorybotError(f"the engine gave up: {line[6:]}", Exit.ENGINE)
        return line


def escaped(text: str) -> str:
    """Text as one line of the protocol."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def unescaped(text: str) -> str:
    """What `escaped` made of a text, back."""
    return "\\".join(part.replace("\\n", "\n").replace("\\r", "\r") for part in text.split("\\\\"))


def _draft(line: str) -> Draft:
    """One line of an answer; StorybotError where it is none."""
    try:
        _, index, tokens, in_story, alone, end, _, text = line.split(" ", 7)
        return Draft(int(index), int(tokens), float(in_story), float(alone), end, unescaped(text))
    except ValueError:
        raise _not_ours(repr(line[:60])) from None


def _not_ours(answer: str) -> StorybotError:
    return StorybotError(
        f"the engine answered {answer}, which is no draft; "
        "it belongs to another version of storybot: build it with `make engine`",
        Exit.ENGINE,
    )
