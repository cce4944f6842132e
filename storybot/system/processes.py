"""Child processes: each leads a process group of its own, which ends as a whole.

No child outlives its parent, for three reasons. A child that is told to end gets TERM, then KILL,
with all of its group. A child whose parent was killed ends at its next write: its standard output
is a pipe to that parent, and SIGPIPE is left at its default. A child that neither writes nor ends
is bounded by RLIMIT_CPU, which the kernel keeps. None of this needs code between fork and exec,
which is unsafe beside the voice's thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
from pathlib import Path

CHILD_OOM_SCORE = 800  # /proc/PID/oom_score_adj: dies before the daemon (0) when memory runs out


def limit_cpu_time(pid: int, cpu_seconds: float) -> None:
    """Limit a child just started to `cpu_seconds` of processor time.

    When memory runs out it is the first to go. A child that has ended already is left alone.
    """
    limit = max(1, int(cpu_seconds))
    with contextlib.suppress(ProcessLookupError, PermissionError):
        resource.prlimit(pid, resource.RLIMIT_CPU, (limit, limit + 1))
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
    cancelled, the group is killed at once.
    """
    if process.returncode is None:
        signal_group(process.pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(grace):
            return await process.wait()
    except TimeoutError:
        signal_group(process.pid, signal.SIGKILL)
        return await process.wait()
    finally:
        signal_group(process.pid, signal.SIGKILL)


def end_group_now(process: subprocess.Popen[bytes], grace: float = 0.0) -> int:
    """The same for a child that a thread started and waits for itself."""
    if process.poll() is None and grace > 0:
        signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    signal_group(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    return process.wait()
