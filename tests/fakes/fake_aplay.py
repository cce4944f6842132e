#!/usr/bin/env python3
"""Stands in for `aplay`: FAKE_APLAY says how it behaves, FAKE_APLAY_FILE keeps what it plays."""

import os
import sys
import time
from pathlib import Path

LIST = """null
    Discard all samples (playback) or generate zero samples (capture)
hw:CARD=Device,DEV=0
    USB Audio Device, USB Audio
    Direct hardware device without any conversions
plughw:CARD=Device,DEV=0
    USB Audio Device, USB Audio
    Hardware device with all software conversions
default
    Default Audio Device
"""
RATE = 20 * 2 * 22050  # bytes in a second: twenty times as fast as life


def main() -> int:
    """Behave as FAKE_APLAY asks; returns the exit status."""
    behaviour = os.environ.get("FAKE_APLAY", "play")
    if "-L" in sys.argv:
        print(LIST, end="")
        return 0
    if behaviour == "busy":
        print("aplay: main:831: audio open error: Device or resource busy", file=sys.stderr)
        return 1
    if behaviour == "quiet-fault":
        return 1
    if behaviour == "other-rate":
        print("Warning: rate is not accurate (requested = 1Hz, got = 48000Hz)", file=sys.stderr)
        print("         please, try the plug plugin ", file=sys.stderr, flush=True)
    if behaviour == "hang":
        time.sleep(60)
    with Path(os.environ["FAKE_APLAY_FILE"]).open("ab", buffering=0) as file:
        file.write(("#" + " ".join(sys.argv[1:]) + "\n").encode())
        taken = 0
        while data := os.read(0, 1024):
            file.write(data)
            taken += len(data)
            if behaviour == "underruns":
                os.write(2, b"underrun!!! (at least 12.345 ms long)\n" * 500)
            time.sleep(len(data) / RATE)
            if behaviour == "die" and taken > 20_000:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
