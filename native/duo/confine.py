"""Runs a program in a memory cgroup without swap, version 1 or 2, and tells what it peaked at.

    confine.py MEGABYTES COMMAND...

Needs the right to make cgroups, which root has. The files named in the command are first dropped
from the page cache, so that what the program reads of them is charged to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Knobs:
    """The names of one cgroup version's files."""

    root: Path
    limit: str
    limit_with_swap: str
    no_swap: str  # what forbids swap: the same limit, or 0
    peak: str


def knobs(megabytes: float) -> Knobs:
    """Those of the version that this machine has; the limit in bytes decides version 1's swap."""
    limit = str(int(megabytes * 1e6))
    old = Path("/sys/fs/cgroup/memory")
    if old.is_dir():
        return Knobs(old, "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", limit,
                     "memory.max_usage_in_bytes")  # fmt: skip
    return Knobs(Path("/sys/fs/cgroup"), "memory.max", "memory.swap.max", "0", "memory.peak")


def drop_from_cache(path: Path) -> None:
    """Writes a file's pages out and lets the page cache forget them."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def run_confined(
    megabytes: float, command: list[str], output: int | None = None
) -> tuple[int, float]:
    """The exit status, and the most megabytes that were charged: memory and page cache."""
    names = knobs(megabytes)
    group = names.root / f"storybot-{os.getpid()}"
    group.mkdir()
    try:
        (group / names.limit).write_text(str(int(megabytes * 1e6)))
        if (group / names.limit_with_swap).exists():
            (group / names.limit_with_swap).write_text(names.no_swap)
        for word in command:
            if Path(word).is_file():
                drop_from_cache(Path(word))
        enter = f'echo $$ >{group}/cgroup.procs && exec "$@"'
        status = subprocess.run(
            ["sh", "-c", enter, "sh", *command], stdout=output, check=False
        ).returncode
        return status, int((group / names.peak).read_text()) / 1e6
    finally:
        group.rmdir()


def main() -> None:
    status, peak = run_confined(float(sys.argv[1]), sys.argv[2:])
    print(f"exit status {status}, at most {peak:.1f} MB of {sys.argv[1]}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
