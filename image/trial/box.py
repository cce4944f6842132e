"""What is asked of the box in the guest, and what is read from it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from machine import INSTRUCTIONS_PER_S, Failed, Guest

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
# Its brightness, once for each change, by the shell itself but for `sleep`.
WATCH_LAMP = (
    "{ (was=; while sleep 0.5; do read -r now </sys/class/leds/trial/brightness; "
    '[ "$now" = "$was" ] || { was=$now; echo $now; }; done >/run/lamp) & watching=$!; }'
)
PULL = "/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio0/pull"
LOG = "journalctl -u storybot -o cat --no-pager"
POLL_S, LONGEST_S = 10, 1800  # of the guest's time
STORIES = "/var/lib/storybot/stories"


def until(guest: Guest, condition: str, poll_s: int = POLL_S) -> bool:
    """Wait in the guest until a command succeeds; whether it did."""
    rounds = LONGEST_S // poll_s
    guest.run(f"i=0; until {condition} || [ $((i += 1)) -gt {rounds} ]; do sleep {poll_s}; done")
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
    up, idle = map(float, guest.read("/proc/uptime").split())
    sectors = int(guest.read("/sys/block/vda/stat").split()[2])
    return Effort(up, idle, sectors * 512 / 1e6)


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
    kept = guest.run(f"echo {STORIES}/*")
    return max(map(int, re.findall(r"\b(\d+)\.json(?!\S)", kept)), default=0)


def running(program: str) -> str:
    """A condition: a program of this name runs."""
    return (
        "{ found=; for file in /proc/[0-9]*/comm; do read -r name <$file && "
        f'[ "$name" = {program} ] && found=yes; done 2>/dev/null; [ "$found" ]; }}'
    )


def kept(number: int) -> str:
    """A condition: the story of this number is in the library."""
    return f"[ -e {STORIES}/{number:06d}.json ]"


def wait_told(guest: Guest, number: int) -> None:
    """Wait until the story of this number was told to its end, when it is kept."""
    if not until(guest, kept(number)):
        raise Failed(f"story {number} was not told:\n" + guest.run(f"{LOG} | tail -n 20"))


def newest_story(guest: Guest) -> dict[str, Any]:
    """As the library keeps it. The file itself: `storybot library` would not fit beside the box."""
    number = newest_number(guest)
    story: dict[str, Any] = json.loads(guest.read(f"{STORIES}/{number:06d}.json"))
    if not story["whole"]:
        raise Failed(f"story {story['number']} was not told to its end")
    return story


def told(story: dict[str, Any]) -> str:
    """A story, and how it was made."""
    made = f"with a plot, {story['drafts']} drafts of a sentence" if story["planned"] else "plain"
    return f"story {story['number']}, {made}:\n{story['title']}\n\n{story['text'].strip()}\n"


def unharmed(guest: Guest) -> None:
    """Failed where memory ran out, the file system is hurt, or a unit failed."""
    for line in guest.run("dmesg").splitlines():
        if "out of memory" in line.lower() or "EXT4-fs error" in line:
            raise Failed(f"the kernel says: {line}")
    if found := guest.run("systemctl --failed --plain --no-legend").strip():
        raise Failed(f"failed units: {found}")
