#!/usr/bin/env python3
"""Boots the image in QEMU with 64 MB and has it tell a story: `make image-test` (LONG=1: more).

Short: it boots, the service listens, one story that the console asks for is told to its end.
Long: one more that a voice asks for through a looped sound card, and one that a simulated button
asks for. Prints the times and the memory. What an emulator cannot show is not claimed: the
vendor's boot chain, the SoC's devices, RVV 0.7.1 (`make test-duo` has that).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from guest import HERE, Failed, Guest, Machine

CHECKOUT = HERE.parent
SECTOR = 512  # bytes
FIRST_PARTITION = "@@1M"  # where genimage puts it
# With the engine's scalar kernels a story takes minutes; fewer drafts, and deadlines to match.
SETTINGS = """telling:
  drafts: 2
  first_deadline: 300.0
  token_deadline: 60.0
"""
BUTTON = """controls:
  button: gpio
  button_device: /dev/gpiochip0
  button_line: "0"
"""
PROCESSES = (
    "for d in /proc/[0-9]*; do [ -r $d/smaps_rollup ] && "
    "echo $(cat $d/comm) $(awk '/^Pss:/ {print $2}' $d/smaps_rollup); done 2>/dev/null | "
    "awk 'NF == 2 {n[$1] += $2} END {for (p in n) print n[p], p}' | sort -rn | head -n 8"
)
WATCH_MEMORY = (
    '(while sleep 2; do awk \'/MemAvailable|SwapFree/ {printf "%s ", $2} END {print ""}\' '
    "/proc/meminfo; done >/run/memory) &"
)
LOWEST = "sort -n /run/memory | head -n 1"


def workshop(*command: str) -> None:
    """Run a command in the workshop."""
    subprocess.run([str(HERE / "in_workshop.sh"), *command], check=True)


def spoken_request(trial: Path) -> str:
    """A recording of a request, as a drive of whole sectors; its path inside of the workshop."""
    recording = trial / "request.wav"
    speak = ["espeak-ng", "-v", "en-us", "-w", str(recording), "tell me a story about a dog"]
    try:
        subprocess.run(speak, check=True)
    except FileNotFoundError:
        raise Failed("the long form needs espeak-ng: apt-get install espeak-ng") from None
    recording.write_bytes(recording.read_bytes() + bytes(-recording.stat().st_size % SECTOR))
    return "/cache/trial/request.wav"


def prepare(cache: Path, settings: str, by_voice: bool) -> Machine:
    """A copy of the image with these settings on its card, and the kernel out of its boot.sd."""
    image = CHECKOUT / "build/image/storybot-duo.img"
    if not image.exists():
        raise Failed("there is no build/image/storybot-duo.img: run `make image` first")
    trial = cache / "trial"
    shutil.rmtree(trial, ignore_errors=True)
    trial.mkdir(parents=True)
    subprocess.run(["cp", "--sparse=always", image, trial / "card.img"], check=True)
    (trial / "storybot.yaml").write_text(settings)
    card = f"/cache/trial/card.img{FIRST_PARTITION}"
    workshop("mcopy", "-o", "-i", card, "/cache/trial/storybot.yaml", "::storybot.yaml")
    workshop("mcopy", "-i", card, "::boot.sd", "/cache/trial/boot.sd")
    taken = "/cache/trial/Image"
    workshop("dumpimage", "-T", "flat_dt", "-p", "0", "-o", taken, "/cache/trial/boot.sd")
    return Machine(
        "/cache/trial/card.img",
        taken,
        options="modules_load=snd-aloop snd_aloop.index=0",
        drives=(spoken_request(trial),) if by_voice else (),
    )


def show_memory(guest: Guest, when: str) -> None:
    """Print a line of the table, and who has it."""
    free = guest.run("awk '/MemTotal|MemAvailable|Swap/ {print $1, $2}' /proc/meminfo")
    kilobytes = {name: int(value) for name, value in map(str.split, free.splitlines())}
    swapped = kilobytes["SwapTotal:"] - kilobytes["SwapFree:"]
    print(
        f"memory, {when}: {kilobytes['MemAvailable:'] / 1024:.1f} MB of "
        f"{kilobytes['MemTotal:'] / 1024:.1f} available, {swapped / 1024:.1f} MB swapped"
    )
    for line in guest.run(PROCESSES).splitlines():
        size, name = line.split()
        print(f"  {name:16} {int(size) / 1024:5.1f} MB")


def told(guest: Guest, stories: int) -> None:
    """Wait until so many stories were told to their end and the box listens again."""
    while True:
        status = json.loads(guest.run("storybot status --json || true").strip().splitlines()[-1])
        if status["stories"] >= stories and status["state"] in ("idle", "degraded"):
            return
        guest.run("sleep 15")


def boots(guest: Guest) -> None:
    """Wait for the service, print how long that took."""
    guest.wait_for(r"(?m)^# ")
    guest.run("while [ $(systemctl is-active storybot) != active ]; do sleep 1; done")
    wanted = "-p ExecMainStartTimestampMonotonic -p ActiveEnterTimestampMonotonic"
    stamps = guest.run(f"systemctl show storybot {wanted}")
    at = {name: int(value) / 1e6 for name, value in (line.split("=") for line in stamps.split())}
    started, ready = at["ExecMainStartTimestampMonotonic"], at["ActiveEnterTimestampMonotonic"]
    print(
        f"kernel to service started {started:.1f} s, to listening {ready:.1f} s of the guest's time"
    )
    show_memory(guest, "listening")


def short_form(guest: Guest) -> None:
    """One story that the console asks for."""
    guest.run(WATCH_MEMORY)
    print(guest.run('storybot ask "a story about a cat"').strip())
    told(guest, 1)
    print(guest.run("storybot library show 1").strip())
    lowest = guest.run(LOWEST).split()[0]
    print(f"memory, least available while telling: {int(lowest) / 1024:.1f} MB")
    show_memory(guest, "after a story")
    killed = guest.run("dmesg | grep -c 'Out of memory' || true").strip()
    if killed != "0":
        raise Failed(f"the kernel ended {killed} processes for want of memory")


def long_form(guest: Guest) -> None:
    """One story that a voice asks for, one that a button asks for."""
    guest.run("dd if=/dev/vdb of=/tmp/request.wav bs=64k 2>/dev/null")
    guest.run("aplay -q -D plughw:0,1 /tmp/request.wav")
    told(guest, 2)
    print("a spoken request was told to its end")
    guest.run("modprobe gpio-sim && mount -t configfs none /sys/kernel/config 2>/dev/null; true")
    guest.run(
        "mkdir -p /sys/kernel/config/gpio-sim/b/bank0 && cd /sys/kernel/config/gpio-sim/b && "
        "echo 1 >bank0/num_lines && echo 1 >live && cd /"
    )
    guest.run("sleep 20")
    pull = "/sys/devices/platform/gpio-sim.0/gpiochip*/sim_gpio0/pull"
    guest.run(f"for s in up down up; do echo pull-$s >$(echo {pull}); sleep 0.2; done")
    told(guest, 3)
    print("a story that the button asked for was told to its end")


def main() -> int:
    """Run the trial; one sentence for what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="also by voice and button")
    args = parser.parse_args()
    cache = Path(os.environ.get("IMAGE_CACHE", Path.home() / ".cache/storybot/image"))
    began = time.monotonic()
    try:
        machine = prepare(cache, SETTINGS + BUTTON * args.long, args.long)
        with Guest(machine, cache / "trial/console.log") as guest:
            boots(guest)
            short_form(guest)
            if args.long:
                long_form(guest)
    except (Failed, subprocess.CalledProcessError) as fault:
        print(f"image: {fault}; the console's log is {cache}/trial/console.log", file=sys.stderr)
        return 1
    print(f"the image works in 64 MB; the trial took {(time.monotonic() - began) / 60:.0f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
