#!/usr/bin/env python3
"""Stands in for `storyteller drafts`: the name of its MODEL says how it behaves.

Faults that the real engine does not show on demand, in the midst of its protocol.
"""

import os
import signal
import sys
import time
from pathlib import Path

READY = "ready 512 keywords"
DRAFTS = (
    "draft 0 7 -3.5 -29.25 sentence 0  The duck was\\n lost.",
    "draft 1 9 -4.5 -36.00 tokens 0 a back\\\\slash",
)


def say(*lines: str) -> None:
    """Whole lines, flushed."""
    os.write(1, "".join(f"{line}\n" for line in lines).encode())


def main() -> int:
    """Behave as MODEL's name asks; returns the exit status."""
    manner = Path(sys.argv[2]).name
    if manner == "bad-model":
        print("storyteller: the model is cut short; get it again", file=sys.stderr)
        return 4
    if manner == "mute":
        time.sleep(60)
    if manner == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("ready 256 plain" if manner == "plain" else READY)
    for line in sys.stdin:
        command = line.split()[0]
        print(line, end="", file=sys.stderr)
        if command == "draft":
            if manner in ("hang", "deaf"):
                time.sleep(60)
            if manner == "crash":
                signal.signal(signal.SIGSEGV, signal.SIG_DFL)
                os.kill(os.getpid(), signal.SIGSEGV)
            if manner == "ends":
                return 0
            if manner == "refuses":
                say("error the story is full")
                continue
            if manner == "raves":
                say("draft one two three")
            if manner == "endless":
                os.write(1, b"x" * 200_000)
                time.sleep(60)
            say(*DRAFTS)
        say("ok 11 512")
    return 0


if __name__ == "__main__":
    sys.exit(main())
