"""Memory of a running daemon and its children: `make memory` prints the table.

The kernel's PSS counts a page that n processes share as 1/n in each. Any other Python on the
machine, even the process that measures, then makes ours look small. In the column "share" each page
of a file is divided among our own processes alone, so that the sum is what they hold in all, every
page counted once. The C library is told apart: every program of the machine has it in memory, so
that on a board that runs nothing else the PSS lies between the two sums, nearer to the lower.
"""

from __future__ import annotations

import os
import re
from array import array
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PAGE = os.sysconf("SC_PAGE_SIZE")
PRESENT, OF_FILE = 1 << 63, 1 << 61  # bits of an entry of /proc/PID/pagemap
HEAD = re.compile(r"([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ (\d+) +(\S.*)")
C_LIBRARY = re.compile(r".*/(libc|libm|ld-linux)[-.][^/]*")

Page = tuple[str, int]  # file, number of the page in it


@dataclass(frozen=True)
class Process:
    """One process, sizes in kB."""

    pid: int
    command: str
    rss: int
    pss: int  # as the kernel counts it
    pages: frozenset[Page]  # of files, as far as they are in memory and unchanged

    @property
    def name(self) -> str:
        """The program without its path, or the Python module it runs."""
        words = self.command.split("\0")
        modules = (word for word in words[1:] if word.startswith("storybot."))
        return next(modules, Path(words[0]).name)

    @property
    def own(self) -> int:
        """What no other process can share."""
        return self.rss - len(self.pages) * PAGE // 1024


def process(pid: int, proc: Path = PROC) -> Process | None:
    """One process as /proc has it; None when it has ended."""
    try:
        smaps = (proc / str(pid) / "smaps").read_text("utf-8", "replace")
        command = (proc / str(pid) / "cmdline").read_text("utf-8", "replace").rstrip("\0")
        pages = _pages(smaps, proc / str(pid) / "pagemap")
    except OSError:
        return None
    sums: Counter[str] = Counter()
    for line in smaps.splitlines():
        key, _, rest = line.partition(":")
        if key in ("Rss", "Pss"):
            sums[key] += int(rest.split()[0])
    return Process(pid, command, sums["Rss"], sums["Pss"], pages)


def _pages(smaps: str, pagemap: Path) -> frozenset[Page]:
    found: set[Page] = set()
    with pagemap.open("rb", buffering=0) as entries:
        for line in smaps.splitlines():
            if (head := HEAD.match(line)) is None or head[4] == "0":
                continue
            start, end, first = (int(word, 16) // PAGE for word in head.groups()[:3])
            entries.seek(start * 8)
            mapped = array("Q", entries.read((end - start) * 8))
            found.update(
                (head[5], first + index)
                for index, entry in enumerate(mapped)
                if entry & PRESENT and entry & OF_FILE
            )
    return frozenset(found)


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


def shares(processes: list[Process]) -> list[float]:
    """kB of each: its own and, of each page of a file, its part among these processes."""
    users = Counter(page for one in processes for page in one.pages)
    return [one.own + sum(1 / users[page] for page in one.pages) * PAGE / 1024 for one in processes]


def c_library(processes: list[Process]) -> float:
    """kB of the C library in all of them together, every page once."""
    pages = {page for one in processes for page in one.pages}
    return sum(1 for file, _ in pages if C_LIBRARY.fullmatch(file)) * PAGE / 1024


def table(processes: list[Process]) -> str:
    """Rows in MB."""
    lines = [f"{'process':38} {'RSS':>6} {'own':>6} {'PSS':>6} {'share':>6}"]
    parts = shares(processes)
    for one, share in zip(processes, parts, strict=True):
        sizes = (one.rss, one.own, one.pss, share)
        lines.append(f"{one.name:38} " + " ".join(f"{size / 1024:6.1f}" for size in sizes))
    pss = sum(one.pss for one in processes)
    lines.append(f"{'in all':38} {'':6} {'':6} {pss / 1024:6.1f} {sum(parts) / 1024:6.1f}")
    less = (sum(parts) - c_library(processes)) / 1024
    lines.append(f"{'less the C library':38} {'':20} {less:6.1f}")
    return "\n".join(lines)


def measure(root: int) -> list[Process]:
    """All processes of a daemon now, less those that are about to become another program.

    Until then they have their parent's command line, and its memory.
    """
    found: dict[str, Process] = {}
    for pid in family(root):
        if (one := process(pid)) is not None:
            found.setdefault(one.command, one)
    return list(found.values())
