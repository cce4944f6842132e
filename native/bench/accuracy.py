"""How much packing costs.

Usage: accuracy.py STORYTELLER SHARED WORK STORIES [NAME=CHECKPOINT,TOKENIZER...]. For stories260K
and storylike15M (where SHARED has them) and for every model named, packs fp32, int8 and int4 into
WORK and scores them on the first STORIES stories of the validation corpus against fp32 of the same
model. Prints the table of docs/speed.md.
"""

import lzma
import re
import subprocess
import sys
from pathlib import Path

SEPARATOR = "<|endoftext|>\n"


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def figure(text: str, name: str) -> str:
    found = re.search(rf"^{re.escape(name)}: (.*)$", text, re.MULTILINE)
    return found[1] if found else "?"


def write_text(shared: Path, work: Path, stories: int) -> str:
    corpus = shared / "corpus" / "tinystories-valid.txt.xz"
    with lzma.open(corpus, "rt", encoding="utf-8") as file:
        text = file.read()
    path = work / "validation.txt"
    path.write_text(SEPARATOR.join(text.split(SEPARATOR)[:stories]), encoding="utf-8")
    return str(path)


def score(storyteller: str, name: str, model: str, tokenizer: str, work: Path, text: str) -> None:
    packs = {coding: str(work / f"{name}-{coding}.story") for coding in ("fp32", "int8", "int4")}
    for coding, path in packs.items():
        run(storyteller, "pack", model, tokenizer, "-q", coding, "-o", path)
    for coding in ("int8", "int4"):
        result = run(storyteller, "eval", packs[coding], text, "--compare", packs["fp32"])
        size = Path(packs[coding]).stat().st_size / 1e6
        print(
            f"| {name} | {coding} | {size:.2f} MB | {figure(result, 'nats per token')} "
            f"(fp32 {figure(result, 'nats per token of the reference')}) "
            f"| {figure(result, 'bits per character')} "
            f"| {figure(result, 'perplexity against the reference')} "
            f"| {figure(result, 'same top token')} |",
            flush=True,
        )


def main() -> int:
    storyteller, shared, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    models = shared / "models"
    known = {
        "stories260K": (models / "stories260K.bin", models / "tok512.bin"),
        "storylike15M": (models / "storylike15M.bin", models / "tokenizer.bin"),
    }
    for argument in sys.argv[5:]:
        name, files = argument.split("=", 1)
        checkpoint, tokenizer = files.split(",", 1)
        known[name] = (Path(checkpoint), Path(tokenizer))
    if not (shared / "corpus").exists():
        print(f"skipped: the corpus is not in {shared}")
        return 0
    work.mkdir(parents=True, exist_ok=True)
    text = write_text(shared, work, int(sys.argv[4]))
    columns = (
        "model",
        "weights",
        "size",
        "nats per token",
        "bits per character",
        "perplexity",
        "same top token",
    )
    print("| " + " | ".join(columns) + " |")
    print("|---" * len(columns) + "|")
    for name, (checkpoint, tokenizer) in known.items():
        if checkpoint.exists() and tokenizer.exists():
            score(storyteller, name, str(checkpoint), str(tokenizer), work, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
