"""Whisper's process with the faults that the real one never shows; FAKE_WHISPER says which."""

from __future__ import annotations

import json
import os
import sys
import time

BEHAVIOUR = os.environ.get("FAKE_WHISPER", "well")


def write(message: object) -> None:
    print(json.dumps(message), flush=True)


def main() -> None:
    if BEHAVIOUR == "die while loading":
        sys.exit(3)
    if BEHAVIOUR == "hang while loading":
        time.sleep(600)
    if BEHAVIOUR == "trouble":
        write({"trouble": "RuntimeError: could not create a primitive"})
        sys.exit(1)
    write({"ready": True})
    if BEHAVIOUR == "do not read":
        time.sleep(600)
    while line := sys.stdin.buffer.readline():
        question = json.loads(line)
        pcm = sys.stdin.buffer.read(question["bytes"])
        if BEHAVIOUR == "hang":
            time.sleep(600)
        if BEHAVIOUR == "die":
            sys.exit(3)
        if BEHAVIOUR == "garbage":
            print("Segmentation fault", flush=True)
            continue
        if BEHAVIOUR == "wrong fields":
            write({"text": "a cat"})
            continue
        if BEHAVIOUR == "slow":
            time.sleep(0.6)
        if "again" in question:
            others = [[text, -3.0] for text in question["again"]]
            write({"again": True, "logprob": -1.0, "others": others})
            continue
        text = f"{len(pcm)} bytes"
        scores = [-2.0 - number for number, _ in enumerate(question["suspected"])]
        answer = {"text": text, "no_speech": 0.1, "logprob": -1.0, "suspected": scores}
        write({**answer, "others": [[f"not {text}", -1.5]]})


if __name__ == "__main__":
    main()
