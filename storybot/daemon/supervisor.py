"""Starts and stops all services, and feeds the watchdog while none of them is stalled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from storybot.config.schema import Settings
from storybot.daemon.health import Condition, Health
from storybot.daemon.service import STOP_DEADLINE_S, Service
from storybot.errors import StorybotError
from storybot.system import systemd

LOG = logging.getLogger("storybot")
WATCHDOG_MAX_INTERVAL_S = 2.0  # at most between two checks of the health of all


class Supervisor:
    """The services, in the order in which they start."""

    def __init__(self, services: Sequence[Service], robot: Health) -> None:
        """`robot` is the health of the event loop's own work, which is no service."""
        self.services = tuple(services)
        self._robot = robot

    async def start(self) -> None:
        """Start all; StorybotError from the first that the daemon cannot run without."""
        for service in self.services:
            await service.start()

    async def stop(self) -> None:
        """Stop all, each within its deadline; what takes longer ends with the process.

        The first one, which keeps a second daemon away, stops after all the others.
        """
        first, *others = self.services
        await asyncio.gather(*map(_stop, others))
        await _stop(first)

    def apply(self, settings: Settings) -> None:
        """Give checked settings to all."""
        for service in self.services:
            service.apply(settings)

    def tasks(self) -> list[asyncio.Task[None]]:
        """Tasks that run for ever; one that is done has failed."""
        return [task for service in self.services if (task := service.task()) is not None]

    def healths(self) -> list[Health]:
        """Of every service, and of the robot."""
        return [*(service.health for service in self.services), self._robot]

    def stalled(self) -> list[str]:
        """The labels of those that missed a deadline."""
        return [health.label for health in self.healths() if health.condition is Condition.STALLED]

    async def watch(self) -> None:
        """Feed systemd's watchdog as long as nobody is stalled; for ever."""
        wanted = systemd.watchdog_interval()
        pause = (
            WATCHDOG_MAX_INTERVAL_S if wanted is None else min(WATCHDOG_MAX_INTERVAL_S, wanted / 4)
        )
        told: list[str] = []
        while True:
            stalled = self.stalled()
            if not stalled:
                systemd.notify("WATCHDOG=1")
            elif stalled != told:
                LOG.error("no progress: %s", ", ".join(stalled))
            told = stalled
            await asyncio.sleep(pause)


async def _stop(service: Service) -> None:
    try:
        async with asyncio.timeout(STOP_DEADLINE_S):
            await service.stop()
    except TimeoutError:
        LOG.warning("%s did not stop within %g s", service.health.name, STOP_DEADLINE_S)
    except StorybotError as error:
        LOG.warning("%s: %s", service.health.name, error)
