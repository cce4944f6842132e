#!/usr/bin/env python3
"""Boots the image in QEMU with 64 MB and has it tell: `try_image.py [--log FILE] [PART[=N]...]`.

Without a part it is the short form, `console` with the shortest story: it boots, the service
listens, one story that the console asks for is told to its end; `--short PART...` has other parts
do with that story, too. Parts that follow each other share a boot, where they can.
What an emulator cannot show is not claimed: the vendor's boot chain, the SoC's devices, RVV 0.7.1
(`make test-duo` has that).
"""

from __future__ import annotations

import argparse
import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import groupby
from pathlib import Path

import box
import card
from machine import Failed, Guest
from parts import ALONE, COUNTS, SHARING, listening
from trial_log import TrialLog

SHORT_FORM = "console"
PARTS = ", ".join((*SHARING, *ALONE))


def shown(name: str, lines: Iterator[str], log: TrialLog) -> None:
    """A part: what it finds out is printed at once, and logged when it ended well."""
    began = time.monotonic()
    found = []
    print(f"== {name}", flush=True)
    for line in lines:
        print(line, flush=True)
        found.append(line)
    found.append(f"(emulated in {(time.monotonic() - began) / 60:.0f} minutes)")
    print(found[-1], flush=True)
    log.passed(name, found)


def tried(wanted: list[str], settings: str, log: TrialLog) -> None:
    """Run the parts; those that share a boot do so where they follow each other."""
    for shared, row in groupby(wanted, lambda part: name_of(part) in SHARING):
        with listening(settings) if shared else nullcontext() as guest:
            for part in row:
                name = name_of(part)
                count = int(part.partition("=")[2] or COUNTS.get(name, 1))
                if guest is None:
                    shown(name, ALONE[name](count), log)
                    continue
                shown(name, whole(guest, SHARING[name](guest, count)), log)


def whole(guest: Guest, part: Iterator[str]) -> Iterator[str]:
    """The part, which has failed where it did the guest harm."""
    yield from part
    yield f"so far {box.effort(guest)}"
    box.unharmed(guest)


def name_of(part: str) -> str:
    """Without its count."""
    return part.partition("=")[0]


def main() -> int:
    """Run the parts; one sentence for what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=PARTS)
    parser.add_argument("--short", action="store_true", help="tell the shortest story")
    parser.add_argument("--log", type=Path, help="the file that tells which parts passed")
    args = parser.parse_args()
    if unknown := [part for part in args.parts if name_of(part) not in (*SHARING, *ALONE)]:
        parser.error(f"there is no part {', '.join(unknown)}; there are {PARTS}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves the guest, which ends QEMU
    try:
        if not card.CARD.exists():
            raise Failed(f"there is no {card.CARD}: run `make image` first")
        with card.CARD.open("rb") as file:
            log = TrialLog(args.log, hashlib.file_digest(file, "sha256").hexdigest())
        settings = card.SHORT if args.short or not args.parts else card.SETTINGS
        tried(args.parts or [SHORT_FORM], settings, log)
    except (Failed, subprocess.CalledProcessError) as fault:
        print(f"image: {fault}\nthe console's log is {card.TRIAL}/console.log", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
