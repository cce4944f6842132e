"""Ending child processes with all of their group."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from storybot.system import processes
from storybot.system.processes import (
    cpu_seconds,
    end_group,
    end_group_now,
    limit_cpu_time,
    signal_group,
)

# A child with a child of its own; both ignore TERM when told so.
FAMILY = "trap '' {ignored}; sleep 60 & echo $!; wait"


async def start(script: str) -> tuple[asyncio.subprocess.Process, int]:
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", script, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    return process, int(await process.stdout.readline())


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def soon_gone(pid: int) -> bool:
    limit = time.monotonic() + 10
    while alive(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    return not alive(pid)


def test_processor_time_of_a_child() -> None:
    busy = subprocess.Popen(["sh", "-c", "while :; do :; done"])
    idle = subprocess.Popen(["sleep", "60"])
    try:
        limit = time.monotonic() + 60
        while cpu_seconds(busy.pid) < 0.2 and time.monotonic() < limit:
            time.sleep(0.02)
        assert cpu_seconds(busy.pid) >= 0.2 > cpu_seconds(idle.pid)
    finally:
        for process in (busy, idle):
            process.kill()
            process.wait()
    assert cpu_seconds(busy.pid) == cpu_seconds(None) == 0.0


def test_term_is_enough_for_a_willing_child() -> None:
    async def run() -> tuple[int, int]:
        process, grandchild = await start(FAMILY.format(ignored="USR1"))
        return await end_group(process, 10.0), grandchild

    status, grandchild = asyncio.run(run())
    assert status == -signal.SIGTERM
    assert soon_gone(grandchild)


def test_kill_follows_for_an_unwilling_family() -> None:
    async def run() -> tuple[int, int]:
        process, grandchild = await start(FAMILY.format(ignored="TERM"))
        return await end_group(process, 0.1), grandchild

    status, grandchild = asyncio.run(run())
    assert status == -signal.SIGKILL
    assert soon_gone(grandchild)


def test_a_child_that_has_ended_gives_its_status() -> None:
    async def run() -> int:
        process = await asyncio.create_subprocess_exec("sh", "-c", "exit 3", start_new_session=True)
        await process.wait()
        return await end_group(process, 0.1)

    assert asyncio.run(run()) == 3


def test_cancelled_while_waiting_kills_at_once() -> None:
    async def run() -> int:
        process, grandchild = await start(FAMILY.format(ignored="TERM"))
        ending = asyncio.create_task(end_group(process, 60.0))
        await asyncio.sleep(0.1)
        ending.cancel()
        await asyncio.wait([ending])
        assert ending.cancelled()
        await process.wait()
        return grandchild

    assert soon_gone(asyncio.run(run()))


def test_now() -> None:
    child = subprocess.Popen(
        ["sh", "-c", FAMILY.format(ignored="TERM")], stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdout is not None
    grandchild = int(child.stdout.readline())
    end_group_now(child, grace=0.1)
    assert child.returncode == -signal.SIGKILL
    assert child.stdout.closed
    assert soon_gone(grandchild)


def test_a_processor_hog_is_ended_by_the_kernel() -> None:
    hog = subprocess.Popen(["sh", "-c", "while :; do :; done"], start_new_session=True)
    limit_cpu_time(hog.pid, 0.5)
    assert hog.wait(60) == -signal.SIGXCPU or hog.returncode == -signal.SIGKILL


def test_signals_to_nobody_are_no_fault() -> None:
    child = subprocess.Popen(["true"], start_new_session=True)
    child.wait()
    signal_group(child.pid, signal.SIGTERM)
    limit_cpu_time(child.pid, 5)
    assert not os.path.exists(f"/proc/{child.pid}")  # noqa: PTH110


def test_who_cannot_be_killed_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As while a driver holds it in the kernel: here KILL is not even sent."""
    monkeypatch.setattr(processes, "KILL_TIMEOUT_S", 0.2)
    really = processes.signal_group
    monkeypatch.setattr(processes, "signal_group", lambda pid, number: None)

    async def body() -> None:
        process, _ = await start(FAMILY.format(ignored="TERM"))
        began = time.monotonic()
        with pytest.raises(processes.CannotBeKilled, match=str(process.pid)):
            await end_group(process, 0.1)
        assert time.monotonic() - began < 2.0
        really(process.pid, signal.SIGKILL)
        await process.wait()

    asyncio.run(body())
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    end_group_now(child)
    assert child.poll() is None
    really(child.pid, signal.SIGKILL)
    child.wait()
