"""Every kernel tells the same stories, token for token.

Usage: agree.py STORYTELLER SYNTHETIC STORIES. So many stories (with a real model where
STORYBOT_SHARED has one, else a synthetic one), each in int8 and int4, with every kernel that this
machine runs; a tenth of them with two threads as well.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

STEPS = 120
PROMPTS = ["", "Once upon a time", "Lily and Tom went", "One day, a big dog", "\u00e9\U0001f600"]
CANNOT_RUN = 8


def run(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout


def checkpoint(synthetic: str) -> tuple[str, str]:
    """A checkpoint and its tokenizer: the real small one, or one made here."""
    checkout = Path(__file__).resolve().parents[2]
    models = Path(os.environ.get("STORYBOT_SHARED", checkout.parent / "shared")) / "models"
    if (models / "stories260K.bin").exists():
        return str(models / "stories260K.bin"), str(models / "tok512.bin")
    run(synthetic, "small.bin", "small.tok", "5", "0.01", "64", "96", "3", "4", "2", "1000", "256")
    return "small.bin", "small.tok"


def kernels(storyteller: str, story: str) -> list[str]:
    """The kernels that run here, scalar last."""
    names = [
        name
        for name in ("avx512", "avx2", "neon", "c906", "rvv")
        if subprocess.run(
            [storyteller, story, "--kernel", name, "-n", "1"],
            capture_output=True,
            check=False,
        ).returncode
        != CANNOT_RUN
    ]
    return [*names, "scalar"]


def stories(count: int, storyteller: str, story: str, *options: str) -> list[str]:
    """Digests of all stories told with these options."""
    digests = []
    for number in range(count):
        text = run(
            storyteller,
            story,
            "-i",
            PROMPTS[number % len(PROMPTS)],
            "-s",
            str(number + 1),
            "-t",
            ["0", "1.0", "0.8"][number % 3],
            "-p",
            ["0.9", "1.0", "0.5"][number // 3 % 3],
            "-n",
            str(STEPS),
            *options,
        )
        digests.append(hashlib.sha256(text).hexdigest())
    return digests


def main() -> int:
    storyteller, synthetic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    model, tokenizer = checkpoint(synthetic)
    differences = 0
    for coding in ("int8", "int4"):
        story = f"{coding}.story"
        run(storyteller, "pack", model, tokenizer, "-q", coding, "-o", story)
        expected = stories(count, storyteller, story, "--kernel", "scalar")
        for name in kernels(storyteller, story):
            for threads, some in (("1", count), ("2", max(1, count // 10))):
                told = stories(some, storyteller, story, "--kernel", name, "-j", threads)
                same = sum(a == b for a, b in zip(told, expected[:some], strict=True))
                differences += some - same
                print(f"{coding} {name}, {threads} threads: {same} of {some} stories the same")
    return differences > 0


if __name__ == "__main__":
    sys.exit(main())
