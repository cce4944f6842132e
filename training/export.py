"""Write a training checkpoint as a llama2.c checkpoint, version 0, which the engine packs."""

from __future__ import annotations

import argparse
import struct
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from training.progress import load

ORDER = ("attention_norm.weight", "wq", "wk", "wv", "wo", "ffn_norm.weight", "w1", "w2", "w3")


def neighbouring_pairs(matrix: Tensor, heads: int) -> Tensor:
    """Rows of wq or wk, row i of a head's first half beside row i of its second half.

    (heads * 2 * half, dim) -> the same shape.
    """
    rows, columns = matrix.shape
    return matrix.view(heads, 2, -1, columns).transpose(1, 2).reshape(rows, columns)


def checkpoint_bytes(shape: Mapping[str, int], weights: Mapping[str, Tensor]) -> bytes:
    """Header of seven i32 and all weights as fp32, in the order of the format."""
    heads = shape["heads"]
    header = struct.pack(
        "<7i",
        *(shape[name] for name in ("dim", "hidden", "layers")),
        heads,
        heads,
        shape["vocabulary"],
        shape["context"],
    )
    parts = [weights["embedding"]]
    for name in ORDER:
        for layer in range(shape["layers"]):
            matrix = weights[f"blocks.{layer}.{name}"]
            parts.append(neighbouring_pairs(matrix, heads) if name in ("wq", "wk") else matrix)
    parts.append(weights["norm.weight"])
    # two tables of rotary angles that readers of the format skip
    parts.append(torch.zeros(shape["context"] * shape["dim"] // heads))
    return header + b"".join(part.float().contiguous().numpy().tobytes() for part in parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--bin", default="model.bin", help="file to write inside OUT")
    args = parser.parse_args()
    saved = load(args.out / "checkpoint.pt")
    (args.out / args.bin).write_bytes(checkpoint_bytes(saved["shape"], saved["model"]))
    print(f"export: {args.out / args.bin}, {saved['progress']['seen'] / 1e6:.1f} M tokens seen")


if __name__ == "__main__":
    main()
