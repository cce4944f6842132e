"""The fp32 text must be run.c's, byte for byte: usage golden.py STORYTELLER [OPTION...].

Reads the reference lines from STORYBOT_SHARED (default ../shared beside the checkout) and exits
with 77, which CTest counts as skipped, where they are missing or the machine cannot run the kernel
that the options name.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

SKIPPED = 77
CANNOT_RUN = 8  # the engine's exit code for a kernel of another CPU


def main() -> int:
    storyteller, options = sys.argv[1], sys.argv[2:]
    checkout = Path(__file__).resolve().parents[2]
    shared = Path(os.environ.get("STORYBOT_SHARED", checkout.parent / "shared"))
    reference = shared / "reference" / "stories260K.jsonl"
    if not reference.exists():
        print(f"skipped: no {reference.name} in STORYBOT_SHARED")
        return SKIPPED
    lines = reference.read_text(encoding="utf-8").splitlines()
    different = 0
    for line in lines:
        case = json.loads(line)
        command = [
            storyteller,
            str(shared / "models" / "stories260K.bin"),
            "-z",
            str(shared / "models" / "tok512.bin"),
            "-i",
            case["prompt"],
            "-t",
            str(case["temperature"]),
            "-p",
            str(case["topp"]),
            "-s",
            str(case["seed"]),
            "-n",
            str(case["steps"]),
            *options,
        ]
        run = subprocess.run(command, capture_output=True, check=False)
        if run.returncode == CANNOT_RUN:
            print(f"skipped: {run.stderr.decode()}")
            return SKIPPED
        if run.returncode != 0 or run.stdout != case["text"].encode():
            different += 1
            print(f"differs: {command[4:]}\n{run.stdout!r}\n{run.stderr.decode()}")
    print(f"{len(lines) - different} of {len(lines)} stories are the reference's, byte for byte")
    return different > 0


if __name__ == "__main__":
    sys.exit(main())
