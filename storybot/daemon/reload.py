"""New settings for a running daemon, without a restart."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time as clock
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from storybot.config.schema import Settings
from storybot.daemon.health import Emit
from storybot.daemon.services import Services
from storybot.errors import Exit, StorybotError
from storybot.robot.events import Reloaded
from storybot.stories.library import Library
from storybot.system import systemd

LOG = logging.getLogger("storybot")
Result = TypeVar("Result")


class Reloader:
    """Reads the settings again in a thread: on the small board that takes seconds."""

    def __init__(self, read: Callable[[], Settings], services: Services, emit: Emit) -> None:
        """`read` may block; it raises StorybotError where the settings are broken."""
        self._read, self._services, self._emit = read, services, emit
        self._wanted = False  # again, since the present reading began
        self._work: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Read the settings; where a reading is going on, read once more after it."""
        self._wanted = True
        systemd.notify(f"RELOADING=1\nMONOTONIC_USEC={clock.monotonic_ns() // 1000}")
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._until_read(), name="reload")

    def take(self, new: Settings, newest: int = 0) -> Reloaded:
        """Make new settings hold; returns the event that tells the robot of them.

        `newest` is the highest number in the library, where that may be another one.
        StorybotError, and nothing changed, when they do not work.
        """
        services = self._services
        old = services.configuration.settings
        services.configuration.take(new)
        services.supervisor.apply(new)
        if new.service.debug != old.service.debug:
            systemd.set_debug(new.service.debug)
        if new.service.profile != old.service.profile:
            LOG.warning("the profile stays as it is until storybot is restarted")
        return Reloaded(new, newest)

    async def read(self) -> tuple[Settings, int]:
        """The settings of the files, and the highest number in the library.

        StorybotError where they are broken, or cannot be read for any other reason.
        """
        try:
            return await _beside_the_loop(self._read_files)
        except StorybotError:
            raise
        except Exception as error:  # systemd and clients must not wait for an answer for ever
            reason = f"{type(error).__name__}: {error}"
            raise StorybotError(f"the settings cannot be read ({reason})", Exit.CONFIG) from error

    async def close(self) -> None:
        """Stop; the thread of a reading that is going on is not waited for."""
        if self._work is not None:
            self._work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._work

    async def _until_read(self) -> None:
        while self._wanted:
            self._wanted = False
            try:
                settings, newest = await self.read()
                if self._wanted:
                    continue
                self._emit(self.take(settings, newest))
                LOG.info("new settings hold from now on")
            except StorybotError as error:
                LOG.error("the settings stay as they were: %s", error)
            except Exception as error:  # systemd must not wait for READY for ever
                reason = f"{type(error).__name__}: {error}"
                LOG.error("the settings stay as they were: they cannot be read (%s)", reason)
        systemd.notify("READY=1")

    def _read_files(self) -> tuple[Settings, int]:
        settings = self._read()
        return settings, Library(settings.library).newest()


async def _beside_the_loop(read: Callable[[], Result]) -> Result:
    """Call it in a thread of its own, which the end of the daemon does not wait for."""
    thread = ThreadPoolExecutor(1, "settings")
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, read)
    finally:
        thread.shutdown(wait=False)
