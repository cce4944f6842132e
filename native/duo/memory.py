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


def resident(smaps: str) -> tuple[int, int]:
    """kB that are resident in the guest's part of the address space, and in the emulator's."""
    sums, inside = {True: 0, False: 0}, False
    for line in smaps.splitlines():
        if start := MAPPING.match(line):
            inside = GUEST_BASE <= int(start[1], 16) < GUEST_BASE + GUEST_SIZE
        elif line.startswith("Rss:"):
            sums[inside] += int(line.split()[1])
    return sums[True], sums[False]


def in_emulator(emulator: list[str], program: list[str]) -> list[str]:
    """The command that runs a program in the emulator, its memory where `resident` looks for it."""
    return [*emulator, "-B", hex(GUEST_BASE), *program]


def peaks_in(emulator: list[str], program: list[str]) -> tuple[int, int]:
    """Runs a program in the emulator; returns its peak in kB and the emulator's own."""
    return watch(in_emulator(emulator, program), "smaps", resident)


def peak_here(program: list[str]) -> int:
    """Runs a program on this machine; returns its peak in kB."""
    return watch(program, "status", high_water_mark)[0]


def high_water_mark(status: str) -> tuple[int, int]:
    """kB of the most that was ever resident, from /proc/PID/status."""
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return (int(found[1]) if found else 0), 0


def watch(
    command: list[str], file: str, measure: Callable[[str], tuple[int, int]]
) -> tuple[int, int]:
    """The most that `measure` makes of /proc/PID/`file` while a command runs."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = (0, 0)
    while process.poll() is None:
        with contextlib.suppress(OSError):
            now = measure(Path(f"/proc/{process.pid}/{file}").read_text())
            most = max(most[0], now[0]), max(most[1], now[1])
        time.sleep(INTERVAL)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return most
