#!/usr/bin/env python3
"""Boots the image in QEMU with 64 MB and has it tell: `try_image.py [--log FILE] [PART[=N]...]`.

Without a part it is the short form, `console`: it boots, the service listens, one story that the
console asks for is told to its end. What an emulator cannot show is not claimed: the vendor's boot
chain, the SoC's devices, RVV 0.7.1 (`make test-duo` has that).
"""

from __future__ import annotations

import argparse
import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import card
from machine import Failed
from parts import COUNTS, PARTS, timed
from trial_log import TrialLog


def one(part: str, log: TrialLog) -> None:
    """Run a part; what it finds out is printed at once, and logged when it ended well."""
    name, _, count = part.partition("=")
    lines = []
    print(f"== {name}", flush=True)
    for line in timed(PARTS[name](int(count or COUNTS.get(name, 1)))):
        print(line, flush=True)
        lines.append(line)
    log.passed(name, lines)


def main() -> int:
    """Run the parts; one sentence for what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--log", type=Path, help="the file that tells which parts passed")
    args = parser.parse_args()
    wanted = args.parts or ["console"]
    if unknown := [part for part in wanted if part.partition("=")[0] not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves the guest, which ends QEMU
    try:
        if not card.CARD.exists():
            raise Failed(f"there is no {card.CARD}: run `make image` first")
        with card.CARD.open("rb") as file:
            log = TrialLog(args.log, hashlib.file_digest(file, "sha256").hexdigest())
        for part in wanted:
            one(part, log)
    except (Failed, subprocess.CalledProcessError) as fault:
        print(f"image: {fault}\nthe console's log is {card.TRIAL}/console.log", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
