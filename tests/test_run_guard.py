"""An interrupted run of the tests leaves neither its sound server nor its machine running."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.speaking.virtual_speaker import missing
from tests.systemd.machine import why_not

ROOT = Path(__file__).parents[1]
PROCESSES = """
import subprocess, time
from tests.run_guard import begin_guarding
begin_guarding()
for _ in range(2):
    subprocess.Popen(["sh", "-c", "trap '' TERM HUP INT; sleep 600"], start_new_session=True)
print("ready", flush=True)
time.sleep(600)
"""
SOUND_SERVER = """
import time
from tests.sound.virtual_devices import virtual_devices
with virtual_devices():
    print("ready", flush=True)
    time.sleep(600)
"""
MACHINE = """
import time
from tests.systemd.machine import Machine
with Machine("hearing: {driver: none}"):
    print("ready", flush=True)
    time.sleep(600)
"""
# A run that was started in the background ignores it, and so would what it starts.
TAKE_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
START_S, END_S = 120.0, 20.0


def interrupted(code: str, number: signal.Signals) -> tuple[int, int]:
    """How many processes of a run there were, and how many are left after this signal."""
    run = subprocess.Popen(
        [sys.executable, "-c", f"{TAKE_CTRL_C}\n{code}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert run.stdout is not None
    killer = threading.Timer(START_S, run.kill)  # ends the reading, too
    killer.start()
    said = run.stdout.readline()
    killer.cancel()
    assert said == b"ready\n"
    before = descendants(run.pid)
    run.send_signal(number)
    run.wait(END_S)
    run.stdout.close()
    limit = time.monotonic() + END_S
    while any(map(is_running, before)) and time.monotonic() < limit:
        time.sleep(0.05)
    return len(before), sum(map(is_running, before))


def descendants(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    children = [int(child) for child in listed]
    return [*children, *(found for child in children for found in descendants(child))]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_processes_end_with_the_run(number: signal.Signals) -> None:
    before, left = interrupted(PROCESSES, number)
    assert before >= 3 and left == 0  # the guard and two shells, and what they started


@pytest.mark.skipif(bool(missing()), reason=f"needs {missing()} (make test installs them)")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_sound_server_ends_with_the_run(number: signal.Signals) -> None:
    before, left = interrupted(SOUND_SERVER, number)
    assert before >= 3 and left == 0  # the guard, the server and who listens to it


@pytest.mark.slow
@pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be had")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_the_machine_ends_with_the_run(number: signal.Signals) -> None:
    before, left = interrupted(MACHINE, number)
    assert before >= 4 and left == 0
