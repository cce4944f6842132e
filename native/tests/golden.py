"""With --run-c the fp32 text must be run.c's, byte for byte.

Usage: golden.py STORYTELLER SYNTHETIC EVERY [OPTION...]. Compares each EVERYth case with the texts
of reference_texts.py: the synthetic checkpoint and its fp32 pack always, stories260K where
STORYBOT_SHARED (default ../shared beside the checkout) has it, whose texts need no --run-c: they
hold no EOS and no character of several tokens. Exits with 77, which CTest counts as skipped, where
the machine cannot run the kernel that the options name.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from reference_texts import SHORTENED, make_synthetic, matches, options, read

SKIPPED = 77
CANNOT_RUN = 8  # the engine's exit code for a kernel of another CPU


def count_differences(command: list[str], more: list[str], name: str, every: int) -> int:
    """Runs each `every`th case of a reference, and the odd prompts that come last, with `command`;
    returns how many texts differ."""
    different = 0
    cases = read(name)
    odd = len(cases) - len(SHORTENED)
    cases = [case for at, case in enumerate(cases) if at % every == 0 or at >= odd]
    for case in cases:
        run = subprocess.run([*command, *options(case), *more], capture_output=True, check=False)
        if run.returncode == CANNOT_RUN:
            print(f"skipped: {run.stderr.decode()}")
            sys.exit(SKIPPED)
        if run.returncode != 0 or not matches(case, run.stdout):
            different += 1
            print(f"differs: {options(case)}\n{run.stdout!r}\n{run.stderr.decode()}")
    print(
        f"{Path(command[1]).name}: {len(cases) - different} of {len(cases)} texts are run.c's, "
        "byte for byte"
    )
    return different


def main() -> int:
    storyteller, synthetic, every, more = *sys.argv[1:3], int(sys.argv[3]), sys.argv[4:]
    with tempfile.TemporaryDirectory() as folder:
        checkpoint, tokenizer = map(str, make_synthetic(synthetic, Path(folder)))
        pack = str(Path(folder) / "synthetic.story")
        subprocess.run(
            [storyteller, "pack", checkpoint, tokenizer, "-q", "fp32", "-o", pack], check=True
        )
        as_run_c = ["--run-c", *more]
        different = count_differences(
            [storyteller, checkpoint, "-z", tokenizer], as_run_c, "synthetic", every
        )
        different += count_differences([storyteller, pack], as_run_c, "synthetic", every)
    checkout = Path(__file__).resolve().parents[2]
    models = Path(os.environ.get("STORYBOT_SHARED", checkout.parent / "shared")) / "models"
    if (models / "stories260K.bin").exists():
        command = [storyteller, str(models / "stories260K.bin"), "-z", str(models / "tok512.bin")]
        different += count_differences(command, as_run_c, "stories260K", every)
        different += count_differences(command, more, "stories260K", every)
    else:
        print("stories260K: skipped, STORYBOT_SHARED has no stories260K.bin")
    return different > 0


if __name__ == "__main__":
    sys.exit(main())
