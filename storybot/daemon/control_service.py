"""Keeps the control socket open, and makes it again where somebody removed it."""

from __future__ import annotations

import asyncio

from storybot.config.schema import Settings
from storybot.controls.socket.server import Answer, SocketServer
from storybot.daemon.health import LOG, Emit, Health
from storybot.daemon.restarting_task import RestartingTask

SOCKET_CHECK_INTERVAL_S = 5.0  # s between two looks whether the socket is still there
SOCKET_CHECK_DEADLINE_S = 30.0  # s without a look after which the watchdog is not fed


class ControlService:
    """One SocketServer; `answer` gives the answer to each request."""

    def __init__(self, settings: Settings, answer: Answer, emit: Emit) -> None:
        self._controls = settings.controls
        self.server = SocketServer(settings.controls, answer)
        self.health = Health("control", emit)
        self._restarting = RestartingTask(self.health, self._work)

    async def start(self) -> None:
        """StorybotError when another storybot has the socket, or it cannot be made."""
        await self.server.open()
        self._restarting.start()

    async def stop(self) -> None:
        await self._restarting.stop()
        await self.server.close()

    def task(self) -> asyncio.Task[None] | None:
        return self._restarting.task

    def apply(self, settings: Settings) -> None:
        old, self._controls = self._controls, settings.controls
        if (old.socket, old.socket_group) != (self._controls.socket, self._controls.socket_group):
            LOG.warning("the control socket stays where it is until storybot is restarted")

    async def _work(self) -> None:
        self.health.expect(SOCKET_CHECK_DEADLINE_S)
        while True:
            if not self.server.is_there():
                await self.server.reopen()
                LOG.warning("the control socket %s was removed and made again", self.server.path)
            self.health.working()
            self.health.progress()
            await asyncio.sleep(SOCKET_CHECK_INTERVAL_S)
