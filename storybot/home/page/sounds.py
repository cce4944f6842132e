"""A story as a wav or MP3: made by a process of its own: nobody waits for it but who asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from storybot.config.schema import SpeakingSettings
from storybot.controls.socket.error_codes import ErrorCode
from storybot.home.page.asking import CannotAsk

LOG = logging.getLogger("storybot")
LONGEST_S = 180.0  # for one story
CHUNK_BYTES = 32 * 1024
SAID_MAX_CHARACTERS = 2000  # of what the process says that fails
SECTION = "speaking."
WAV, MP3 = KINDS = ("wav", "mp3")
NO_SOUND = "the sound of the story could not be made; the page's log says why"


@dataclass(frozen=True)
class SoundMaker:
    """A program that writes the file which it is named, and is given the story on stdin."""

    command: Sequence[str]
    kinds: tuple[str, ...]  # endings of the names that it takes


NO_MAKER = SoundMaker((), ())  # there is no memory for one


class Sounds:
    """One story at a time. Belongs to one event loop."""

    def __init__(self, maker: SoundMaker, folder: Path, speaking: SpeakingSettings) -> None:
        self.kinds, self._command = maker.kinds, maker.command
        self._folder, self._speaking = folder, speaking
        self._busy = False
        for kind in KINDS:
            for left in folder.glob(f"*.{kind}*"):  # of a process that was killed
                left.unlink(missing_ok=True)

    async def render(
        self, kind: str, story: Mapping[str, Any], settings: Mapping[str, Any]
    ) -> BinaryIO:
        """An open file that has no name any more; CannotAsk where there is none.

        `story` and `settings` are as the daemon answers.
        """
        if not self.kinds:
            raise CannotAsk(ErrorCode.SMALL_PROFILE.value)
        if kind not in self.kinds:
            raise CannotAsk("no-sound", f"stories are not saved as {kind} here")
        if self._busy:
            raise CannotAsk(ErrorCode.BUSY.value)
        self._busy = True
        path = self._folder / f"{secrets.token_hex(4)}.{kind}"
        try:
            async with asyncio.timeout(LONGEST_S):
                await self._run(path, self._given(story, settings))
            return path.open("rb")
        except (TimeoutError, OSError) as error:
            why = str(error) or f"not in {LONGEST_S:g} s"
            LOG.warning("the sound of a story was not made: %s", why)
            raise CannotAsk("no-sound", NO_SOUND) from None
        finally:
            self._busy = False
            for left in self._folder.glob(f"{path.name}*"):
                left.unlink(missing_ok=True)

    def _given(self, story: Mapping[str, Any], settings: Mapping[str, Any]) -> bytes:
        changed = {
            name.removeprefix(SECTION): value
            for name, value in settings.items()
            if name.startswith(SECTION)
        }
        given = {"title": story["title"], "text": story["text"]}
        return json.dumps(given | {"speaking": asdict(self._speaking) | changed}).encode()

    async def _run(self, path: Path, given: bytes) -> None:
        """OSError where the process does not end well."""
        process = await asyncio.create_subprocess_exec(
            *self._command,
            str(path),
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await process.communicate(given)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0:
            raise OSError(
                said.decode(errors="replace").strip()[-SAID_MAX_CHARACTERS:] or "it ended early"
            )


async def pieces(file: BinaryIO) -> AsyncGenerator[bytes, None]:
    """The file's content; it is closed behind it."""
    with file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
