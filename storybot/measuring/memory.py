"""Memory of a running daemon and its children: `make memory` prints the table.

PSS counts a page shared by n processes as 1/n in each. Pages shared with processes that are none
of ours would make us look small, so each file mapping is counted once for the whole group as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """One process, sizes in kB."""

    pid: int
    name: str
    rss: int
    pss: int
    private: int  # dirty or clean, in no other process
    files: dict[str, int]  # resident kB of each file mapping, by file


def process(pid: int, proc: Path = PROC) -> Process | None:
    """One process as /proc has it; None when it has ended."""
    try:
        smaps = (proc / str(pid) / "smaps").read_text("utf-8", "replace")
        words = (proc / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    sums: dict[str, int] = defaultdict(int)
    files: dict[str, int] = defaultdict(int)
    mapped = ""
    for line in smaps.splitlines():
        if head := re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ (\d+) *(.*)", line):
            mapped = head[2] if head[1] != "0" else ""
            continue
        key, _, rest = line.partition(":")
        if not rest.endswith(" kB"):
            continue
        size = int(rest.split()[0])
        sums[key] += size
        if mapped and key in ("Shared_Clean", "Private_Clean"):
            files[mapped] += size
    private = sums["Private_Clean"] + sums["Private_Dirty"]
    return Process(pid, _name(words), sums["Rss"], sums["Pss"], private, dict(files))


def _name(words: list[bytes]) -> str:
    """The program without its path, or the Python module it runs."""
    line = [word.decode("utf-8", "replace") for word in words if word]
    if "-m" in line[:-1]:
        return line[line.index("-m") + 1]
    return Path(line[0]).name if line else "?"


def family(root: int, proc: Path = PROC) -> list[int]:
    """A process and all its descendants."""
    found = [root]
    for pid in found:
        for task in (proc / str(pid) / "task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def together(processes: list[Process]) -> int:
    """kB of all: what each has for itself, and every file's pages once."""
    biggest: dict[str, int] = defaultdict(int)
    own = 0
    for one in processes:
        own += one.rss - sum(one.files.values())
        for name, size in one.files.items():
            biggest[name] = max(biggest[name], size)
    return own + sum(biggest.values())


def table(processes: list[Process]) -> str:
    """Rows in MB."""
    lines = [f"{'process':38} {'RSS':>6} {'PSS':>6} {'own':>6}"]
    for one in processes:
        sizes = (one.rss, one.pss, one.private)
        lines.append(f"{one.name:38} " + " ".join(f"{size / 1024:6.1f}" for size in sizes))
    pss = sum(one.pss for one in processes)
    lines.append(f"{'in all (PSS)':45} {pss / 1024:6.1f}")
    lines.append(f"{'in all, each file once':45} {together(processes) / 1024:6.1f}")
    return "\n".join(lines)


def measure(root: int) -> list[Process]:
    """All processes of a daemon now."""
    return [one for pid in family(root) if (one := process(pid)) is not None]
