"""Counts processes that crashed in a block of code, in a file."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from io import FileIO
from pathlib import Path


@contextlib.contextmanager
def count_crashes(count: Path) -> Iterator[int]:
    """How many processes crashed in this block since one last left it, even by an exception.

    The file has one byte for each. 0 where the file cannot be written, or while another process
    is in the block.
    """
    with contextlib.ExitStack() as held:
        crashed = 0
        with contextlib.suppress(OSError):
            file = held.enter_context(count.open("ab", buffering=0))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            crashed = file.tell()
            file.write(b"+")
            held.callback(_none, file, count)
        yield crashed


def _none(file: FileIO, count: Path) -> None:
    with contextlib.suppress(OSError):
        file.truncate(0)  # a process that has it open already counts from 0
        count.unlink()
