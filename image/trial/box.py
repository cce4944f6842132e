"""What is asked of the box in the guest, and what is read from it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from machine import INSTRUCTIONS_PER_S, Failed, Guest

PROCESSES = (
    "for d in /proc/[0-9]*; do [ -r $d/smaps_rollup ] && "
    "echo $(cat $d/comm) $(awk '/^Pss:/ {print $2}' $d/smaps_rollup); done 2>/dev/null | "
    "awk 'NF == 2 {n[$1] += $2} END {for (p in n) print n[p], p}' | sort -rn | head -n 8"
)
WATCH_MEMORY = (
    "{ (while sleep 2; do awk '/MemAvailable/ {print $2}' /proc/meminfo; done >>/run/memory) & }"
)
LOWEST = "sort -n /run/memory | head -n 1; : >/run/memory"
# One lamp, whose other end the shell holds: a name of 64 bytes and the highest brightness.
LAMP = (
    "exec 3<>/dev/uleds; { printf trial; head -c 59 /dev/zero; printf '\\1\\0\\0\\0'; } | "
    "dd bs=68 iflag=fullblock 2>/dev/null >&3"
)
BUTTON = (
    "mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config; "
    "mkdir -p /sys/kernel/config/gpio-sim/b/bank0 && "
    "echo 1 >/sys/kernel/config/gpio-sim/b/bank0/num_lines && "
    "echo 1 >/sys/kernel/config/gpio-sim/b/live"
)
PULL = "/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio0/pull"
LOG = "journalctl -u storybot -o cat --no-pager"
POLL_S, LONGEST_S = 10, 1800  # of the guest's time
STORIES = "/var/lib/storybot/stories"


@dataclass(frozen=True)
class Memory:
    """Of the whole guest, in MB."""

    total: float
    available: float
    swapped: float


def memory(guest: Guest) -> Memory:
    """As the kernel has it now."""
    lines = guest.run("awk '/MemTotal|MemAvailable|Swap/ {print $1, $2}' /proc/meminfo")
    kilobytes = {name: int(value) for name, value in map(str.split, lines.splitlines())}
    swapped = kilobytes["SwapTotal:"] - kilobytes["SwapFree:"]
    return Memory(kilobytes["MemTotal:"] / 1024, kilobytes["MemAvailable:"] / 1024, swapped / 1024)


def memory_table(guest: Guest, when: str) -> str:
    """What is left, and who has the rest, as Pss."""
    now = memory(guest)
    told = f"memory, {when}: {now.available:.1f} MB of {now.total:.1f} available, "
    told += f"{now.swapped:.1f} MB swapped"
    for line in guest.run(PROCESSES).splitlines():
        size, name = line.split()
        told += f"\n  {name:16} {int(size) / 1024:5.1f} MB"
    return told


def least_memory(guest: Guest) -> float:
    """The least that was available since the last call, in MB."""
    return int(guest.run(LOWEST).split()[0]) / 1024


def until(guest: Guest, condition: str) -> bool:
    """Wait in the guest until a command succeeds; whether it did."""
    rounds = LONGEST_S // POLL_S
    guest.run(f"for i in $(seq {rounds}); do {condition} && break; sleep {POLL_S}; done")
    return guest.run(f"{condition} && echo yes || true").strip() == "yes"


def listening(guest: Guest) -> None:
    """Wait for the shell and for the service; the lamp and the button are there before it."""
    guest.wait_for(r"(?m)(?:^|\x1b\[\?7h)# ")  # systemd sets the terminal up before it
    guest.run(LAMP)  # first: the box looks for both when it finds the button
    guest.run(BUTTON)
    if not until(guest, "[ $(systemctl is-active storybot) = active ]"):
        raise Failed("the service did not begin to listen:\n" + guest.run(f"{LOG} | tail -n 20"))


@dataclass(frozen=True)
class Effort:
    """What the guest has done since its start, by its own clock."""

    up_s: float
    idle_s: float
    read_mb: float  # from the card

    def __sub__(self, earlier: Effort) -> Effort:
        return Effort(
            self.up_s - earlier.up_s, self.idle_s - earlier.idle_s, self.read_mb - earlier.read_mb
        )

    def __str__(self) -> str:
        billions = (self.up_s - self.idle_s) * INSTRUCTIONS_PER_S / 1e9
        return (
            f"{self.up_s:.1f} s of the guest's time, {billions:.1f} thousand million instructions, "
            f"{self.read_mb:.0f} MB read from the card"
        )


def effort(guest: Guest) -> Effort:
    """Until now."""
    up, idle = map(float, guest.run("cat /proc/uptime").split())
    read = int(guest.run("awk '$3 == \"vda\" {print $6}' /proc/diskstats"))
    return Effort(up, idle, read * 512 / 1e6)


def with_effort(guest: Guest, command: str) -> tuple[str, Effort]:
    """What a command says, and what it took: where memory is short, much is read from the card."""
    before = effort(guest)
    said = guest.run(command).strip()
    return said, effort(guest) - before


def boot_times(guest: Guest) -> str:
    """From the kernel's start to the service's start and to listening."""
    booted = effort(guest)
    wanted = "-p ExecMainStartTimestampMonotonic -p ActiveEnterTimestampMonotonic"
    stamps, took = with_effort(guest, f"systemctl show storybot {wanted}")
    at = {name: int(value) / 1e6 for name, value in (line.split("=") for line in stamps.split())}
    started, ready = at["ExecMainStartTimestampMonotonic"], at["ActiveEnterTimestampMonotonic"]
    return (
        f"kernel to the service's start {started:.1f} s, to listening {ready:.1f} s of the guest's "
        f"time, of which {ready - started:.1f} s are storybot's\n"
        f"until it was seen to listen: {booted}\n`systemctl show storybot`: {took}"
    )


def ask(guest: Guest, thing: str) -> tuple[str, Effort]:
    """Ask at the console; what the box says back, and what that took."""
    return with_effort(guest, f"storybot ask a story about a {thing}")


def newest_number(guest: Guest) -> int:
    """The number of the newest story."""
    kept = guest.run(f"ls {STORIES} 2>/dev/null || true")
    return max(map(int, re.findall(r"\b(\d+)\.json\b", kept)), default=0)


def wait_told(guest: Guest, number: int) -> None:
    """Wait until the story of this number was told to its end, when it is kept.

    By a test of the shell's own: each program that is started pushes some of the box out of memory.
    """
    if not until(guest, f"[ -e {STORIES}/{number:06d}.json ]"):
        raise Failed(f"story {number} was not told:\n" + guest.run(f"{LOG} | tail -n 20"))


def newest_story(guest: Guest) -> dict[str, Any]:
    """As the library keeps it. The file itself: `storybot library` would not fit beside the box."""
    story: dict[str, Any] = json.loads(guest.run(f"cat $(ls {STORIES}/*[0-9].json | tail -n 1)"))
    if not story["whole"]:
        raise Failed(f"story {story['number']} was not told to its end")
    return story


def told(story: dict[str, Any]) -> str:
    """A story, and how it was made."""
    made = f"with a plot, {story['drafts']} drafts of a sentence" if story["planned"] else "plain"
    return f"story {story['number']}, {made}:\n{story['title']}\n\n{story['text'].strip()}\n"


def unharmed(guest: Guest) -> None:
    """Failed where memory ran out, the file system is hurt, or a unit failed."""
    for sign in ("out of memory", "EXT4-fs error"):
        if found := guest.run(f"dmesg | grep -i '{sign}' || true").strip():
            raise Failed(f"the kernel says: {found}")
    if found := guest.run("systemctl --failed --plain --no-legend").strip():
        raise Failed(f"failed units: {found}")
