"""The guest's memory: what is left, who has the rest, and the least that was left for a while."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from machine import Guest

SHOWN = 8  # processes
# By the shell itself, but for `sleep`: a program that is started pushes others out of 64 MB.
# /run/least has the least since it was asked for last.
PROCESSES = (
    "for d in /proc/[0-9]*; do while read -r key kb _; do "
    '[ $key != Pss: ] || { read -r name <$d/comm && echo "$kb $name"; }; '
    "done <$d/smaps_rollup; done 2>/dev/null; :"
)
NOTHING_YET = 999999
WATCH = (
    f"echo {NOTHING_YET} >/run/least; {{ (while sleep 2; do while read -r key kb _; do "
    "[ $key != MemAvailable: ] || { read -r least </run/least; "
    "[ $kb -ge $least ] || echo $kb >/run/least; break; }; "
    "done </proc/meminfo; done) & }"
)
LEAST = f"read -r least </run/least; echo $least; echo {NOTHING_YET} >/run/least"


@dataclass(frozen=True)
class Memory:
    """Of the whole guest, in MB."""

    total: float
    available: float
    swapped: float


def now(guest: Guest) -> Memory:
    """As the kernel has it."""
    fields = map(str.split, guest.read("/proc/meminfo").splitlines())
    mb = {name: int(size) / 1024 for name, size, *_ in fields}
    return Memory(mb["MemTotal:"], mb["MemAvailable:"], mb["SwapTotal:"] - mb["SwapFree:"])


def table(guest: Guest, when: str) -> str:
    """What is left, and who has the rest, as Pss."""
    all_of_it = now(guest)
    told = f"memory, {when}: {all_of_it.available:.1f} MB of {all_of_it.total:.1f} available, "
    told += f"{all_of_it.swapped:.1f} MB swapped"
    sizes: Counter[str] = Counter()
    for line in guest.run(PROCESSES).splitlines():
        size, name = line.split(maxsplit=1)
        sizes[name] += int(size)
    for name, kilobytes in sizes.most_common(SHOWN):
        told += f"\n  {name:16} {kilobytes / 1024:5.1f} MB"
    return told


def watch(guest: Guest) -> None:
    """Begin to note the least that is available; once a boot."""
    guest.run(f"[ -e /run/least ] || {{ {WATCH}; }}")


def least(guest: Guest) -> float:
    """The least that was available since the last call, in MB."""
    return int(guest.run(LEAST)) / 1024
