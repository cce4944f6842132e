"""Packs: a llama2.c checkpoint made into a .story, of which the engine reads far fewer bytes."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

from storybot.errors import Exit, StorybotError

PACK_SUFFIX = ".story"
CODINGS = ("int8", "int4")
# What estimated_speedup() goes by: docs/speed.md has the measurements.
ROWS_SCORED = 7300  # of a large vocabulary, by the screened classifier of an int8 pack at top-p
BYTES_PER_WEIGHT = 1.06  # in an int8 pack, scales included
CACHED_BYTES = 8 << 20  # a checkpoint this small is bound by arithmetic, not by memory
CACHED_SPEEDUP = 2.0

_HEADER = struct.Struct("<7i")  # dim, hidden, layers, heads, kv heads, vocabulary, context
_MAGIC = b"24ka"  # of versions 1 and 2, whose header follows it and the version


def pack_path(checkpoint: Path) -> Path:
    """Where the pack of a checkpoint lies: beside it, under its name."""
    return checkpoint.with_suffix(PACK_SUFFIX)


def pack_checkpoint(program: Path, checkpoint: Path, tokenizer: Path, coding: str) -> Path:
    """Pack with the engine `program` and compare every checksum; returns the pack's path.

    A pack that was there is replaced once the new one is whole. Raises StorybotError(Exit.MODEL)
    with the engine's sentence; the checkpoint is never touched.
    """
    pack = pack_path(checkpoint)
    _run(program, "pack", str(checkpoint), str(tokenizer), "-q", coding, "-o", str(pack))
    verify_pack(program, pack)
    return pack


def verify_pack(program: Path, pack: Path) -> None:
    """Let the engine compare every checksum inside a pack; StorybotError where one differs."""
    _run(program, "info", str(pack), "--verify")


def _run(program: Path, *arguments: str) -> None:
    try:
        child = subprocess.run([program, *arguments], capture_output=True, check=False)
    except OSError as error:
        raise StorybotError(
            f"the engine {program} cannot be started ({error.strerror}); "
            "build it with `make engine`",
            Exit.ENGINE,
        ) from None
    if child.returncode:
        said = child.stderr.decode("utf-8", "replace").strip().removeprefix("storyteller: ")
        raise StorybotError(said or f"the engine ended with {child.returncode}", Exit.MODEL)


def packing_advice(model: Path, known_name: str = "") -> str:
    """What a pack would gain and how to get one; empty where `model` is no fp32 checkpoint.

    `known_name` is the name that `storybot models get` takes for it, if it has one.
    """
    gain = estimated_speedup(model)
    if gain is None:
        return ""
    how = f"run: storybot models get {known_name}"
    if not known_name:
        how = f"run: storyteller pack {model.name} TOKENIZER -o {pack_path(model).name}"
        how += ", and name the pack in telling.model"
    return (
        f"{model.name} is not packed; as an int8 pack it is about {gain:.0f} times as fast; {how}"
    )


def estimated_speedup(model: Path) -> float | None:
    """How many times as fast an int8 pack of an fp32 checkpoint tells; None for other files.

    A token of a checkpoint takes as long as memory takes to deliver all of its weights, one of a
    pack as long as those of the layers and of the rows of the classifier that are scored.
    """
    try:
        with model.open("rb") as file:
            head = file.read(8 + _HEADER.size)
        size = model.stat().st_size
    except OSError:
        return None
    if len(head) < 8 + _HEADER.size or model.suffix == PACK_SUFFIX:
        return None
    at = 0
    if head.startswith(_MAGIC):
        if struct.unpack_from("<i", head, 4)[0] != 1:
            return None
        at = 8
    dim, hidden, layers, heads, kv_heads, vocabulary, _ = _HEADER.unpack_from(head, at)
    if min(dim, hidden, layers, heads, kv_heads) < 1 or vocabulary == 0:
        return None
    layer = 2 * dim * dim + 2 * dim * (dim // heads * kv_heads) + 3 * dim * hidden
    if size <= CACHED_BYTES:
        return CACHED_SPEEDUP
    fp32: float = 4.0 * (layers * layer + abs(vocabulary) * dim)
    packed: float = BYTES_PER_WEIGHT * (layers * layer + min(ROWS_SCORED, abs(vocabulary)) * dim)
    return fp32 / packed
