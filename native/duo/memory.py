"""Peak resident memory of a program that runs in QEMU's user mode, without the emulator's own.

QEMU maps the program's memory from `GUEST_BASE` on when it is told so; what /proc shows as resident
there belongs to the program: its code, its data, and the pages of the mapped model.
"""

from __future__ import annotations

import re
import subprocess
import time
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


def peak_of(emulator: list[str], program: list[str]) -> tuple[int, str]:
    """Runs a program in the emulator; returns its peak in kB and what it printed."""
    command = [*emulator, "-B", hex(GUEST_BASE), *program]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        try:
            peak = max(peak, guest_resident(Path(f"/proc/{process.pid}/smaps").read_text()))
        except OSError:
            break
        time.sleep(INTERVAL)
    text = process.communicate()[0].decode(errors="replace")
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return peak, text
