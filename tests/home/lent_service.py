"""A program that lends something of another machine, as its unit runs it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


class LentService:
    """`program` with the other machine's port, its own socket and a time limit in s."""

    def __init__(self, program: str, port: int, path: Path, timeout: float) -> None:
        self.path, self._log = path, path.with_suffix(".log")
        self._command = [sys.executable, "-c", program, str(port), str(path), str(timeout)]

    def __enter__(self) -> LentService:
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(self._command, cwd=ROOT, stderr=log)
        limit = time.monotonic() + 30
        while "is lent" not in self.said():
            assert time.monotonic() < limit and self.process.poll() is None, self.said()
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        assert self.process.wait(10) == 0, self.said()
        assert "Traceback" not in self.said(), self.said()

    def said(self) -> str:
        return self._log.read_text()
