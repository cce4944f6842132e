#!/usr/bin/env python3
"""Stands in for `espeak-ng --stdout`: FAKE_ESPEAK says how it behaves."""

import os
import struct
import sys
import time

SOUND = struct.pack("<h", 1234)


def main() -> int:
    """Behave as FAKE_ESPEAK asks; returns the exit status."""
    behaviour = os.environ.get("FAKE_ESPEAK", "speak")
    if "--voices=en" in sys.argv:
        print("Pty Language Age/Gender VoiceName File Other")
        print(" 2 en-us --/M English_(America) gmw/en-US (en 3)")
        return 0
    text = sys.stdin.read()
    if behaviour == "unknown":
        print("Error: The specified espeak-ng voice does not exist.", file=sys.stderr)
        return 1
    if behaviour == "hang":
        time.sleep(60)
    sound = bytes(44) + SOUND * 100 * len(text) + bytes(2000)
    if behaviour == "endless":
        while True:
            os.write(1, SOUND * 1000)
    for start in range(0, len(sound), 777):  # pieces that cut samples in two
        os.write(1, sound[start : start + 777])
        if behaviour == "stutter":
            time.sleep(0.001)
        if behaviour == "hang-midway" and start > 2000:
            time.sleep(60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
