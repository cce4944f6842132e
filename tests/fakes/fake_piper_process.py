"""Piper's process with the faults that the real one never shows; FAKE_PIPER says which."""

from __future__ import annotations

import os
import sys
import time

BEHAVIOUR = os.environ.get("FAKE_PIPER", "speak")
SOUND = b"\xd2\x04" * 20_000  # int16 1234, 0.9 s


def write(samples: bytes) -> None:
    sys.stdout.buffer.write(len(samples).to_bytes(4, "little") + samples)
    sys.stdout.buffer.flush()


def main() -> int:
    if BEHAVIOUR == "hang while loading":
        time.sleep(60)
    write(b"")
    for _ in sys.stdin:
        if BEHAVIOUR == "hang":
            time.sleep(60)
        if BEHAVIOUR == "die":
            return 1
        write(SOUND)
        write(b"")
    return 0


if __name__ == "__main__":
    sys.exit(main())
