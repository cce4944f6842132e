"""A Mosquitto of the test's own, on a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

PROGRAM = next(
    (path for path in map(Path, ("/usr/sbin/mosquitto", "/usr/bin/mosquitto")) if path.exists()),
    Path("mosquitto"),
)
LONGEST_S = 10.0
PLAIN = "allow_anonymous true\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """Started at once; `options` are lines of its configuration."""

    def __init__(self, folder: Path, options: str = PLAIN) -> None:
        self.folder, self.port = folder, free_port()
        self._file = folder / "mosquitto.conf"
        self._file.write_text(
            f"user root\nlistener {self.port} 127.0.0.1\nmax_queued_messages 10000\n{options}"
        )
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Mosquitto:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Wait until it listens."""
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen([PROGRAM, "-c", self._file], stdout=log, stderr=log)
        limit = time.monotonic() + LONGEST_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
            except OSError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < limit
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """At once, and without a word to its clients. What it kept is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def memory_mb(self) -> float:
        """Resident."""
        assert self.process is not None
        return resident_mb(self.process.pid)


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
