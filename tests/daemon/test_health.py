"""The health of one service, and what the supervisor makes of the health of all."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from storybot.config.schema import Settings
from storybot.daemon import service, supervisor
from storybot.daemon.health import Condition, Health
from storybot.daemon.restarting_task import RestartingTask
from storybot.daemon.supervisor import Supervisor
from storybot.errors import StorybotError
from storybot.robot.events import Event, Part, PartBack, PartLost
from storybot.system import systemd
from tests.fakes import clock


def test_a_deadline_stays_in_force_until_there_is_progress() -> None:
    async def body() -> None:
        health = Health("listener", lambda event: None, Part.HEARING)
        health.progress()  # none was expected
        await asyncio.sleep(100)
        assert health.condition is Condition.WELL
        health.expect(5.0)
        await asyncio.sleep(4)
        health.progress()
        await asyncio.sleep(4)
        assert health.condition is Condition.WELL
        health.failed("it broke")  # and is not replaced
        await asyncio.sleep(2)
        assert health.condition is Condition.STALLED
        health.progress()
        assert health.condition is Condition.WELL
        health.at_rest()
        await asyncio.sleep(100)
        assert health.condition is Condition.WELL

    clock.run(body())


def test_lost_after_three_failures_and_back() -> None:
    told: list[Event] = []

    async def body() -> None:
        health = Health("speaker", told.append, Part.VOICE)
        for _ in range(2):
            health.failed("no loudspeaker")
        assert not health.lost and told == []
        for _ in range(3):
            health.failed("no loudspeaker")
        assert health.condition is Condition.LOST and health.sentence == "no loudspeaker"
        health.working()
        assert health.condition is Condition.WELL and health.sentence == ""
        await asyncio.sleep(11)  # long enough to forget the failures
        health.failed("no loudspeaker")
        assert health.failures == 1 and not health.lost
        health.failed("unplugged", at_once=True)
        assert health.lost

    clock.run(body())
    lost = [event for event in told if isinstance(event, PartLost)]
    assert [event.sentence for event in lost] == ["no loudspeaker", "unplugged"]
    assert told[1] == PartBack(Part.VOICE)


def test_a_restart_is_no_failure_and_an_end_is_one() -> None:
    began: list[float] = []

    async def body() -> None:
        health = Health("night", lambda event: None)

        async def work() -> None:
            began.append(asyncio.get_running_loop().time())
            health.working()
            await asyncio.sleep(60)

        task = RestartingTask(health, work)
        task.start()
        await asyncio.sleep(1)
        task.restart()
        await asyncio.sleep(1)
        assert health.failures == 0 and len(began) == 2
        await asyncio.sleep(61)
        assert health.failures == 1 and len(began) == 3
        await task.stop()

    clock.run(body())


class FakeService:
    """A service that stops as told."""

    def __init__(self, name: str, log: list[str], takes: float = 0.0) -> None:
        self.health = Health(name, lambda event: None)
        self.log, self.takes = log, takes
        self.fault: Exception | None = None

    async def start(self) -> None:
        self.log.append(f"start {self.health.name}")

    async def stop(self) -> None:
        if self.fault is not None:
            raise self.fault
        await asyncio.sleep(self.takes)
        self.log.append(f"stop {self.health.name}")

    def apply(self, settings: Settings) -> None:
        self.log.append(f"apply {self.health.name}")

    def task(self) -> asyncio.Task[None] | None:
        return None


def test_all_stop_within_their_deadline_and_the_first_one_last(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log: list[str] = []

    async def body() -> float:
        slow = FakeService("listener", log, takes=60)
        broken = FakeService("speaker", log)
        broken.fault = StorybotError("it hangs")
        services = [FakeService("control", log), slow, broken, FakeService("night", log)]
        one = Supervisor(cast(Any, services), Health("robot", lambda event: None))
        await one.start()
        one.apply(Settings())
        began = asyncio.get_running_loop().time()
        await one.stop()
        return asyncio.get_running_loop().time() - began

    assert clock.run(body()) <= service.STOP_DEADLINE_S + 0.1
    names = ["control", "listener", "speaker", "night"]
    assert log[:8] == [f"{what} {name}" for what in ("start", "apply") for name in names]
    assert log[8:] == ["stop night", "stop control"]
    assert "listener did not stop" in caplog.text and "speaker: it hangs" in caplog.text


@pytest.mark.parametrize("condition", Condition)
def test_only_a_stalled_service_starves_the_watchdog(
    condition: Condition, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(systemd, "notify", told.append)

    async def body() -> None:
        night = FakeService("night", [])
        robot = Health("robot", lambda event: None)
        one = Supervisor(cast(Any, [night]), robot)
        watching = asyncio.create_task(one.watch())
        if condition is Condition.LOST:
            night.health.failed("gone", at_once=True)
        elif condition is Condition.STALLED:
            night.health.expect(1.0)
        await asyncio.sleep(2)
        told.clear()
        await asyncio.sleep(supervisor.WATCHDOG_MAX_INTERVAL_S * 5)
        assert [health.condition for health in one.healths()] == [condition, Condition.WELL]
        assert one.stalled() == (["night"] if condition is Condition.STALLED else [])
        watching.cancel()

    clock.run(body())
    assert ("WATCHDOG=1" in told) is (condition is not Condition.STALLED)
