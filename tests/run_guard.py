"""Ends whatever a run of the tests started, however the run ends: with Ctrl-C, or killed.

A process of its own waits for the run to end. Then it kills every process whose environment bears
the mark of that run, which all children inherit, whatever session or namespace they are in.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

MARK = "TEST_RUN_OF_STORYBOT"  # names all runs that a process is of: a run may start another
ROUNDS = 100  # looks for processes, in case one starts another meanwhile
ROUND_S = 0.05

_guards: list[subprocess.Popen[bytes]] = []


def begin_guarding() -> None:
    """From here on what this process starts ends with it; once is enough."""
    if _guards:
        return
    run = f"{os.getpid()}-{time.time_ns()}"
    os.environ[MARK] = " ".join((*os.environ.get(MARK, "").split(), run))
    reading, _ = os.pipe()  # nobody inherits its other end, which closes when this process ends
    guard = subprocess.Popen(
        [sys.executable, "-I", __file__, run],
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE_")},
        stdin=reading,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is not for it
    )
    os.close(reading)
    _guards.append(guard)


def marked(run: str) -> list[int]:
    """The processes of a run, without the one that asks."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            for variable in (entry / "environ").read_bytes().split(b"\0"):
                name, _, value = variable.decode("utf-8", "replace").partition("=")
                if name == MARK and run in value.split():
                    found.append(int(entry.name))
    return found


def main() -> int:
    """Wait until stdin ends, then end the run named."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    for _ in range(ROUNDS):
        left = marked(sys.argv[1])
        if not left:
            return 0
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(ROUND_S)
    return 1


if __name__ == "__main__":
    sys.exit(main())
