"""Answers about the words that a family adds: its own, and those that it forbids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Protocol

from storybot.controls.socket import messages
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import Message
from storybot.daemon.reload import Reloader
from storybot.daemon.services import Services
from storybot.errors import Exit, StorybotError
from storybot.robot import Robot
from storybot.robot.events import Event
from storybot.stories.family_file import FamilyFile, allowed_word
from storybot.stories.forbidden_file import ForbiddenFile


class WordsDaemon(Protocol):
    """The daemon, as far as this module uses it."""

    services: Services
    reloader: Reloader

    async def happen(self, event: Event) -> tuple[Robot, Robot]: ...


class WordLists:
    """Each change is written, in the library's thread, and holds at once."""

    def __init__(self, daemon: WordsDaemon) -> None:
        self._daemon = daemon

    def family(self) -> Message:
        """The words that are known."""
        words = self._daemon.services.configuration.family
        return messages.answer(words=[asdict(word) for word in words])

    async def add_family(self, word: str, what: str, sounds: str) -> Message:
        safe = self._daemon.services.configuration.allowed
        wrong = await self._change(
            lambda: self._family_file().add(allowed_word(word, what, sounds, safe))
        )
        return wrong or self.family()

    async def remove_family(self, word: str) -> Message:
        return await self._change(lambda: self._family_file().remove(word)) or self.family()

    async def forbidden(self) -> Message:
        """As the file has them now; those of other lists are not among them."""
        try:
            words = await self._daemon.services.narrator.read_library(
                lambda _: self._forbidden_file().words()
            )
        except StorybotError as error:
            return messages.refusal(ErrorCode.BAD_WORD, str(error))
        return messages.answer(forbidden=words)

    async def add_forbidden(self, word: str) -> Message:
        return await self._change(lambda: self._forbid(word)) or await self.forbidden()

    async def remove_forbidden(self, word: str) -> Message:
        wrong = await self._change(lambda: self._forbidden_file().remove(word))
        return wrong or await self.forbidden()

    async def clear(self) -> list[str]:
        """Forget all of both, from the next reading on; says what is wrong where one stays."""
        found = [await self._clear(self._family_file()), await self._clear(self._forbidden_file())]
        return [sentence for sentence in found if sentence]

    async def _clear(self, file: FamilyFile | ForbiddenFile) -> str:
        try:
            await self._daemon.services.narrator.read_library(lambda _: file.clear())
        except StorybotError as error:
            return str(error)
        return ""

    def _forbid(self, word: str) -> None:
        settings = self._daemon.services.configuration.settings
        if not settings.safety.filter:
            raise StorybotError("nothing is forbidden while safety.filter is off", Exit.CONFIG)
        self._forbidden_file().add(word, settings.hearing.keyphrase)

    def _family_file(self) -> FamilyFile:
        return FamilyFile(self._daemon.services.configuration.settings.hearing.family_words)

    def _forbidden_file(self) -> ForbiddenFile:
        return ForbiddenFile(self._daemon.services.configuration.settings.safety.forbidden_words)

    async def _change(self, change: Callable[[], None]) -> Message | None:
        """Change a file and have it read at once; the refusal where that is not possible."""
        services = self._daemon.services
        try:
            await services.narrator.read_library(lambda _: change())
            # Others may have changed settings while the file was written.
            reloaded = self._daemon.reloader.take(services.configuration.settings)
        except StorybotError as error:
            return messages.refusal(ErrorCode.BAD_WORD, str(error))
        await self._daemon.happen(reloaded)
        return None
