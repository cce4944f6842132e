#!/usr/bin/env python3
"""Stands in for `storyteller`: the name of its MODEL says how it behaves.

Faults that the real engine does not show on demand: it hangs, dies, crashes, ignores TERM, writes
bytes that are no text, is slow, never ends a sentence.
"""

import os
import signal
import sys
import time
from pathlib import Path

STORY = 'Once upon a time, there was a cat. "Hello!" said Tom.\nThey played. '


def say(text: str | bytes) -> None:
    """Write as the engine does: flushed, piece by piece."""
    os.write(1, text.encode() if isinstance(text, str) else text)


def main() -> int:
    """Behave as MODEL's name asks; returns the exit status."""
    arguments = sys.argv[1:]
    behaviour = Path(arguments[0]).name
    if behaviour == "echo":
        say(" ".join(arguments[1:]) + ".\n")
        return 0
    if behaviour == "bad-model":
        print("storyteller: the model is cut short; get it again", file=sys.stderr)
        return 4
    if behaviour == "bad-option":
        print("storyteller: there is no kernel of that name", file=sys.stderr)
        return 2
    if behaviour == "hang":
        time.sleep(60)
    if behaviour == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        say("Once upon a time. There was")
        time.sleep(60)
    if behaviour == "silent":
        return 0
    if behaviour == "garbage":
        say(bytes(range(128, 256)) * 8)
        time.sleep(60)
    if behaviour == "stray":
        say(b"A \xff caf\xc3")
        time.sleep(0.05)
        say(b"\xa9 \x1b[31mopened.\x07 It closed. \xe2\x80")
        return 0
    if behaviour == "endless":
        while True:
            say("and then " * 50)
    if behaviour == "crash":
        say("Once upon a time. There was a half")
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
    say(STORY)
    if behaviour == "hang-midway":
        say("Then he")
        time.sleep(60)
    if behaviour == "slow":
        for letter in "They went home. Good night.":
            say(letter)
            time.sleep(0.02)
    if behaviour in ("cut", "cut-said"):
        say("And then the little")
    if behaviour == "wordy-end":
        say("The end")
    if behaviour == "talks":
        print("x" * 200_000, file=sys.stderr)
    say("\n")
    if behaviour == "wordy-end":
        print('{"tokens": 21, "ended": "model"}', file=sys.stderr)
    if behaviour == "cut-said":
        print('{"tokens": 20, "ended": "limit"}', file=sys.stderr)
    print("achieved tok/s: 123.500000", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
