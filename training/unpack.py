"""Read a packed int8 model back into a training checkpoint, so that training can go on from it.

The optimizers' momenta are not in a .story file: they begin anew. The layout of the file is
docs/format.md's.
"""

from __future__ import annotations

import argparse
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.model import Shape, StoryModel
from training.progress import Progress

HEADER_BYTES, ENTRY_BYTES = 128, 48
BLOCK_ROWS, TILE_COLUMNS = 32, 4
INT8 = 3  # the section table's coding
NORMS, EMBEDDING, ROWS = 2, 3, 12  # kinds of section
MATRICES = {4: "wq", 5: "wk", 6: "wv", 7: "wo", 8: "w1", 9: "w2", 10: "w3"}


@dataclass(frozen=True)
class Section:
    """An entry of the section table and the bytes it names."""

    kind: int
    layer: int
    coding: int
    rows: int
    columns: int
    data: bytes


def sections(story: bytes) -> Iterator[Section]:
    """All sections of a .story file, in the order of its table."""
    (count,) = struct.unpack_from("<I", story, 24)
    for index in range(count):
        at = HEADER_BYTES + index * ENTRY_BYTES
        kind, layer, coding, rows, columns = struct.unpack_from("<5I", story, at)
        offset, size = struct.unpack_from("<2Q", story, at + 24)
        yield Section(kind, layer, coding, rows, columns, story[offset : offset + size])


def int8_matrix(section: Section, group: int) -> Tensor:
    """Weights of an int8 section as fp32 (rows, columns)."""
    if section.coding != INT8:
        raise SystemExit("unpack: training goes on from int8 packs; this one is another kind")
    blocks, groups = -(-section.rows // BLOCK_ROWS), -(-section.columns // group)
    records = np.frombuffer(section.data, np.uint8).reshape(blocks, groups, -1)
    integers = records[:, :, : BLOCK_ROWS * group].view(np.int8)
    # a group's integers lie (column, row of the block)
    weights = integers.reshape(blocks, groups, group, BLOCK_ROWS).astype(np.float32)
    halves = np.ascontiguousarray(records[:, :, BLOCK_ROWS * group :]).view(np.uint16)
    scales = (halves.astype(np.uint32) << 16).view(np.float32)  # bfloat16 is a float's upper half
    weights *= scales.reshape(blocks, groups, 1, BLOCK_ROWS)
    matrix = weights.transpose(0, 3, 1, 2).reshape(blocks * BLOCK_ROWS, groups * group)
    return torch.from_numpy(matrix[: section.rows, : section.columns].copy())


def halves_apart(matrix: Tensor, heads: int) -> Tensor:
    """The inverse of export.neighbouring_pairs: rows of wq or wk, pairs half a head apart."""
    rows, columns = matrix.shape
    return matrix.view(heads, -1, 2, columns).transpose(1, 2).reshape(rows, columns)


def weights_of(story: bytes) -> tuple[Shape, dict[str, Tensor]]:
    """Shape and weights, named as StoryModel names them; the tables of angles are left out."""
    dim, hidden, layers, heads, _, vocabulary, context, group = struct.unpack_from("<8i", story, 32)
    shape = Shape(dim, hidden, layers, heads, vocabulary, context)
    weights: dict[str, Tensor] = {}
    rows: Tensor | None = None
    for section in sections(story):
        if section.kind == NORMS:
            gains = torch.frombuffer(bytearray(section.data), dtype=torch.float32).view(-1, dim)
            for layer in range(layers):
                weights[f"blocks.{layer}.attention_norm.weight"] = gains[layer]
                weights[f"blocks.{layer}.ffn_norm.weight"] = gains[layers + layer]
            weights["norm.weight"] = gains[2 * layers]
        elif section.kind == EMBEDDING:
            weights["embedding"] = int8_matrix(section, group)
        elif section.kind == ROWS:
            pairs = np.frombuffer(section.data, np.uint32).astype(np.int64)
            rows = torch.from_numpy(pairs[vocabulary:].copy())
        elif name := MATRICES.get(section.kind):
            matrix = int8_matrix(section, group)
            found = halves_apart(matrix, heads) if name in ("wq", "wk") else matrix
            weights[f"blocks.{section.layer}.{name}"] = found
    if rows is not None:
        weights["embedding"] = weights["embedding"][rows]
    return shape, weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("story", type=Path, help="an int8 .story file")
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--seen", type=int, default=0, help="tokens it was trained on before")
    args = parser.parse_args()
    shape, weights = weights_of(args.story.read_bytes())
    state = {
        "shape": asdict(shape),
        "model": StoryModel(shape).state_dict() | weights,
        "optimizers": None,
        "progress": asdict(Progress(seen=args.seen, epoch=-1)),
    }
    args.out.mkdir(parents=True, exist_ok=True)
    torch.save(state, args.out / "checkpoint.pt")
    print(f"unpack: {shape}, {args.out / 'checkpoint.pt'}")


if __name__ == "__main__":
    main()
