"""What the daemon relies on in a recogniser process: one set of cases for real and fake."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from storybot.config.schema import HearingSettings
from storybot.hearing.recogniser_client import (
    Ended,
    Heartbeat,
    Ready,
    RecogniserClient,
    RecogniserEvent,
)
from storybot.system import processes
from storybot.system.processes import CannotBeKilled
from tests.fakes.hearing import FakeRecogniserClient, FakeRecognisers
from tests.fakes.microphones import fake_arecord

pytest.importorskip("pocketsphinx")
SETTINGS = HearingSettings(recogniser="pocketsphinx", driver="alsa", things=100)
SILENCE = bytes(3 * 32000)  # 3 s


class Case:
    """One recogniser process and what befalls it."""

    def __init__(self, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._signal_group = processes.signal_group
        self.child: Any = (
            FakeRecognisers().make() if kind == "fake" else RecogniserClient(SETTINGS, "small")
        )

    def die(self) -> None:
        if isinstance(self.child, FakeRecogniserClient):
            self.child.die()
        else:
            os.kill(self.child.pid, signal.SIGKILL)

    def hang(self) -> None:
        if isinstance(self.child, FakeRecogniserClient):
            self.child.stalled = True
        else:
            os.kill(self.child.pid, signal.SIGSTOP)

    def become_unkillable(self) -> None:
        """As while a driver holds it in the kernel: no signal of ours has any effect."""
        if isinstance(self.child, FakeRecogniserClient):
            self.child.unkillable = True
        else:
            self._monkeypatch.setattr(processes, "signal_group", lambda pid, number: None)

    def is_gone(self) -> bool:
        """Whether the process has ended."""
        if isinstance(self.child, FakeRecogniserClient):
            return self.child.ended
        return not Path(f"/proc/{self.child.pid}").exists()

    def let_go(self) -> None:
        """The driver finishes, and KILL has its effect."""
        if isinstance(self.child, FakeRecogniserClient):
            self.child.unkillable, self.child.ended = False, True
        else:
            self._signal_group(self.child.pid, signal.SIGKILL)


@pytest.fixture(params=["fake", "real"])
def case(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setenv("STORYBOT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("PATH", fake_arecord(tmp_path, SILENCE, stays=True, pace=0.02).path)
    return Case(request.param, monkeypatch)


def run(act: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(60):
            await act()

    asyncio.run(limited())


async def until(events: AsyncIterator[RecogniserEvent], wanted: type) -> RecogniserEvent:
    async for event in events:
        if isinstance(event, wanted):
            return event
    raise AssertionError(f"no {wanted.__name__}")


def test_it_is_ready_and_its_counts_grow(case: Case) -> None:
    async def act() -> None:
        child = case.child
        await child.start()
        events = child.events()
        assert isinstance(await anext(events), Ready)
        await child.listen("keyphrase")
        beats: list[Any] = [await until(events, Heartbeat) for _ in range(3)]
        assert beats[0].read < beats[2].read and beats[0].decoded < beats[2].decoded
        await child.pause()
        assert not case.is_gone()
        await child.stop(0.5)
        assert case.is_gone()

    run(act)


def test_its_death_is_its_last_event(case: Case) -> None:
    async def act() -> None:
        await case.child.start()
        events = case.child.events()
        await until(events, Ready)
        case.die()
        assert await until(events, Ended) == Ended(-9)
        assert [event async for event in events] == []
        await case.child.stop(0.1)
        assert case.is_gone()

    run(act)


def test_one_that_hangs_sends_nothing_and_can_be_stopped(case: Case) -> None:
    async def act() -> None:
        await case.child.start()
        events = case.child.events()
        await until(events, Heartbeat)
        case.hang()
        await asyncio.sleep(0.5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                while True:
                    await anext(events)
        await case.child.stop(0.2)
        assert case.is_gone()

    run(act)


def test_one_that_cannot_be_killed_says_so_until_it_is_gone(case: Case) -> None:
    async def act() -> None:
        child = case.child
        await child.start()
        case.hang()
        case.become_unkillable()
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(CannotBeKilled, match=str(child.pid)) as stuck:
            await child.stop(0.2)
        assert loop.time() - began < 3.0
        assert not stuck.value.gone
        case.let_go()
        while not stuck.value.gone:
            await asyncio.sleep(0.02)

    run(act)
