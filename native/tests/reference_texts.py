"""The reference texts: what llama2.c's run.c prints, in reference/*.jsonl, one case a line.

A case is prompt, temperature, topp, seed and steps. `synthetic.jsonl` has each case's text; its
checkpoint is made by bench/synthetic.c wherever it is needed. `stories260K.jsonl` has the SHA-256
of each text; its checkpoint and tokenizer are those of karpathy/tinyllamas.

Run as a program, it writes synthetic.jsonl anew: reference_texts.py SYNTHETIC RUN_C, where RUN_C is
run.c of karpathy/llama2.c (commit 350e04f), compiled with gcc -O3.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "reference"
# seed, spread, dim, hidden, layers, heads, kv heads, vocabulary, context. The classifier is untied,
# so that texts vary. A small vocabulary, because with a large one texts
# may part from run.c's: see docs/engine.md.
SHAPE = ["11", "0.004", "64", "96", "3", "4", "2", "600", "256", "untied"]
PROMPTS = ["Once upon a time", "One day", 'Mom said "', "", "Lily and Tom went to the park"]
SAMPLING = [(0.0, 0.9), (1.0, 0.9), (0.8, 0.95), (1.0, 1.0)]
STEPS = 200
# Prompts of which run.c prints less than was given, with their steps: characters that the
# vocabulary lacks, control characters, and more tokens than steps.
SHORTENED = [
    ("Zo\u00eb said \u201chi\u201d \u2014 \u00a35 \u2026 \U0001f409 \u041c", STEPS),
    ("\a\x7f", STEPS),
    ("Once upon a time there was a cat who had a dog", 8),
]


def make_synthetic(synthetic: str, folder: Path) -> tuple[Path, Path]:
    """The synthetic checkpoint and its tokenizer, written into `folder`."""
    checkpoint, tokenizer = folder / "synthetic.bin", folder / "synthetic.tok"
    subprocess.run([synthetic, str(checkpoint), str(tokenizer), *SHAPE], check=True)
    return checkpoint, tokenizer


def read(name: str) -> list[dict]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def options(case: dict) -> list[str]:
    """The command line of a case, the same for run.c and for storyteller."""
    return [
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
    ]


def matches(case: dict, text: bytes) -> bool:
    if "sha256" in case:
        return hashlib.sha256(text).hexdigest() == case["sha256"]
    return text == case["text"].encode()


def cases() -> list[dict]:
    """The cases of synthetic.jsonl, without their texts."""
    plain = [(PROMPTS[n % len(PROMPTS)], STEPS) for n in range(len(PROMPTS) * len(SAMPLING))]
    made = []
    for number, (prompt, steps) in enumerate([*plain, *SHORTENED]):
        temperature, topp = SAMPLING[number % len(SAMPLING)]
        made.append(
            {
                "prompt": prompt,
                "temperature": temperature,
                "topp": topp,
                "seed": number + 1,
                "steps": steps,
            }
        )
    return made


def main() -> None:
    synthetic, run_c = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        checkpoint, tokenizer = make_synthetic(synthetic, Path(folder))
        with (FOLDER / "synthetic.jsonl").open("w", encoding="utf-8") as out:
            for case in cases():
                command = [run_c, str(checkpoint), "-z", str(tokenizer), *options(case)]
                text = subprocess.run(command, capture_output=True, check=True).stdout
                print(json.dumps({**case, "text": text.decode()}), file=out)


if __name__ == "__main__":
    main()
