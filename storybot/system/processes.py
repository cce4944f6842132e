"""Child processes: each leads a process group of its own, which ends as a whole.

No child outlives its parent, for three reasons. A child that is told to end gets TERM, then KILL,
with all of its group. A child whose parent was killed ends at its next write: its standard output
is a pipe to that parent, and SIGPIPE is left at its default. A child that neither writes nor ends
is bounded by RLIMIT_CPU, which the kernel keeps. None of this needs code between fork and exec,
which is unsafe beside the voice's thread.

A process inside a system call that a driver never finishes does not even end by KILL. Nobody waits
for it longer than KILL_TIMEOUT_S: whoever started it is told with CannotBeKilled.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
from pathlib import Path

from storybot.errors import Exit, StorybotError, refused

KILL_TIMEOUT_S = 1.0  # s after KILL in which the kernel ends a process that no driver holds
GONE_CHECK_INTERVAL_S = 1.0  # s between two looks whether one that a driver held is gone at last
CHILD_OOM_SCORE = 800  # /proc/PID/oom_score_adj: dies before the daemon (0) when memory runs out


class CannotBeKilled(StorybotError):
    """A child that is still there after KILL; `pid` is its process."""

    def __init__(self, pid: int) -> None:
        super().__init__(
            f"process {pid} cannot be killed: a driver holds it in the kernel; "
            "unplug the device that it uses, or start the machine again"
        )
        self.pid = pid

    @property
    def gone(self) -> bool:
        """Whether the process has ended at last."""
        return not Path(f"/proc/{self.pid}").exists()


def cannot_run(program: str, package: str, error: OSError, code: Exit) -> StorybotError:
    """Why a program of this Debian package was not started."""
    if isinstance(error, FileNotFoundError):
        sentence = f"the program {program} is missing; install the package {package}"
        return StorybotError(sentence, code)
    return refused(f"the program {program} cannot be run", error, code)


def limit_cpu_time(pid: int, cpu_seconds: float) -> None:
    """Limit a child just started to `cpu_seconds` of processor time.

    When memory runs out it is the first to go. A child that has ended already is left alone.
    """
    limit = max(1, int(cpu_seconds))
    with contextlib.suppress(ProcessLookupError, PermissionError):
        resource.prlimit(pid, resource.RLIMIT_CPU, (limit, limit + 1))
    goes_first(pid)


def goes_first(pid: int) -> None:
    """When memory runs out, this child is the first to go."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(CHILD_OOM_SCORE))


def cpu_seconds(pid: int | None) -> float:
    """Processor time that a child has used; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime and stime


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the group that `pid` leads; nothing happens when it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


async def end_group(process: asyncio.subprocess.Process, grace: float) -> int:
    """End a child and its group: TERM, `grace` s, then KILL. Returns the child's exit status.

    The child must have been started with start_new_session=True. When the waiting task is
    cancelled, the group is killed at once. Raises CannotBeKilled when it is still there
    KILL_TIMEOUT_S after KILL.
    """
    if process.returncode is None:
        signal_group(process.pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(grace):
            return await process.wait()
    except TimeoutError:
        signal_group(process.pid, signal.SIGKILL)
        return await _killed(process)
    finally:
        signal_group(process.pid, signal.SIGKILL)


async def _killed(process: asyncio.subprocess.Process) -> int:
    try:
        async with asyncio.timeout(KILL_TIMEOUT_S):
            return await process.wait()
    except TimeoutError:
        raise CannotBeKilled(process.pid) from None


def end_group_now(process: subprocess.Popen[bytes], grace: float = 0.0) -> None:
    """The same for a child that a thread started and waits for itself.

    One that cannot be killed is left: its device stays taken, and whoever opens that is told so.
    """
    if process.poll() is None and grace > 0:
        signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    signal_group(process.pid, signal.SIGKILL)
    _wait_for_killed(process)


def end_now(process: subprocess.Popen[bytes]) -> None:
    """The same for a child in our own group, which has started nothing."""
    process.kill()
    _wait_for_killed(process)


def _wait_for_killed(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(KILL_TIMEOUT_S)
