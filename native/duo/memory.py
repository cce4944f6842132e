"""Peak resident memory of a program: here, or in QEMU's user mode without the emulator's own.

QEMU maps the program's memory from `GUEST_BASE` on when it is told so; what /proc shows as resident
there belongs to the program: its code, its data, and the pages of the mapped model.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

GUEST_BASE = 0x4000000000
GUEST_SIZE = 1 << 41
MAPPING = re.compile(r"([0-9a-f]+)-[0-9a-f]+ ")
INTERVAL = 0.05  # seconds between two looks; what is resident changes slowly


def guest_resident(smaps: str) -> int:
    """kB that are resident in the guest's part of the address space."""
    resident, inside = 0, False
    for line in smaps.splitlines():
        if start := MAPPING.match(line):
            inside = GUEST_BASE <= int(start[1], 16) < GUEST_BASE + GUEST_SIZE
        elif inside and line.startswith("Rss:"):
            resident += int(line.split()[1])
    return resident


def peak_in(emulator: list[str], program: list[str]) -> int:
    """Runs a program in the emulator; returns its peak in kB."""
    command = [*emulator, "-B", hex(GUEST_BASE), *program]
    return watch(command, "smaps", guest_resident)


def peak_here(program: list[str]) -> int:
    """Runs a program on this machine; returns its peak in kB."""
    return watch(program, "status", high_water_mark)


def high_water_mark(status: str) -> int:
    """kB of the most that was ever resident, from /proc/PID/status."""
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) if found else 0


def watch(command: list[str], file: str, measure: Callable[[str], int]) -> int:
    """The most that `measure` makes of /proc/PID/`file` while a command runs."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        with contextlib.suppress(OSError):
            peak = max(peak, measure(Path(f"/proc/{process.pid}/{file}").read_text()))
        time.sleep(INTERVAL)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return peak
