"""Make a model's matrices such that an int4 pack holds them exactly, and its text changes least.

The inputs that stories give each matrix decide how its weights are rounded (rounding.py), layer by
layer, each with the inputs that the rounded layers before it give. Packing the new checkpoint with
`storyteller pack -q int4` and the same -g and --keep-int8 finds these integers and scales again.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import Batch, load_tokens, pad
from training.model import Block, StoryModel
from training.progress import load, model_of
from training.rounding import round_matrix

STORIES_TOGETHER = 8


@dataclass(frozen=True)
class Rounding:
    """What becomes of the matrices."""

    group: int  # columns that share a scale
    keep: frozenset[str]  # names of those that stay as they are, as in --keep-int8

    def apply(self, matrix: Tensor, name: str, moments: Tensor) -> None:
        """Round a parameter in place, for inputs with these second moments."""
        if name in self.keep:
            return
        rounded = round_matrix(matrix, moments, self.group)
        matrix.copy_(rounded.weights())


@dataclass
class Stream:
    """Some stories on their way through the layers."""

    batch: Batch
    x: Tensor  # (batch, time, dim)

    def text(self, inputs: Tensor) -> Tensor:
        """Those of `inputs` (batch, time, columns) that are not padding: (tokens, columns)."""
        steps = torch.arange(inputs.shape[1])
        last = (self.batch.weights > 0).long().mul(steps).amax(1, keepdim=True)
        return inputs[steps <= last]


def moments(inputs: Sequence[Tensor]) -> Tensor:
    """Mean of x x^T over all rows x of the inputs (tokens, columns): (columns, columns)."""
    total = sum((one.T @ one for one in inputs), torch.zeros(()))
    return total / sum(len(one) for one in inputs)


def compensate_block(block: Block, streams: Sequence[Stream], turn: Tensor, how: Rounding) -> None:
    """Round a layer's matrices and take the streams through it."""
    before = moments([s.text(block.attention_norm(s.x)) for s in streams])
    for name in ("wq", "wk", "wv"):
        how.apply(getattr(block, name), name, before)
    turns = [turn[:, s.batch.positions][:, :, None] for s in streams]
    attended = [
        block.attended(s.x, t, s.batch.mask(), torch.float32)
        for s, t in zip(streams, turns, strict=True)
    ]
    how.apply(block.wo, "wo", moments([s.text(y) for s, y in zip(streams, attended, strict=True)]))
    for stream, y in zip(streams, attended, strict=True):
        stream.x = stream.x + F.linear(y, block.wo)
    between = moments([s.text(block.ffn_norm(s.x)) for s in streams])
    for name in ("w1", "w3"):
        how.apply(getattr(block, name), name, between)
    gated = [block.gated(s.x, torch.float32) for s in streams]
    how.apply(block.w2, "w2", moments([s.text(y) for s, y in zip(streams, gated, strict=True)]))
    for stream, y in zip(streams, gated, strict=True):
        stream.x = stream.x + F.linear(y, block.w2)


@torch.no_grad()
def compensate(model: StoryModel, batches: Sequence[Batch], how: Rounding) -> None:
    """Round the model in place. The embedding's inputs are those that it has as classifier."""
    if "embedding" not in how.keep:
        last = [model(b.inputs, positions=b.positions, mask=b.mask()) for b in batches]
        inputs = [Stream(b, x).text(x) for b, x in zip(batches, last, strict=True)]
        how.apply(model.embedding, "embedding", moments(inputs))
    streams = [Stream(b, F.embedding(b.inputs, model.embedding)) for b in batches]
    for number, block in enumerate(model.blocks):
        assert isinstance(block, Block)
        compensate_block(block, streams, model.turn, how)
        print(f"compensate: layer {number + 1} of {len(model.blocks)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--to", type=Path, help="folder of the new checkpoint.pt; OUT/int4")
    parser.add_argument("--tokens", default="train.0.npz", help="file in OUT, training.data's")
    parser.add_argument("--stories", type=int, default=32)
    parser.add_argument("--seed", type=int, default=5, help="of the choice of stories")
    parser.add_argument("--group", type=int, default=128, help="as the packer's -g")
    parser.add_argument("--keep", default="embedding", help="as the packer's --keep-int8")
    args = parser.parse_args()
    saved = load(args.out / "checkpoint.pt")
    model = model_of(saved)
    stories = load_tokens(args.out / args.tokens)
    chosen = np.random.default_rng(args.seed).choice(len(stories), args.stories, replace=False)
    ordered = sorted((stories[i] for i in chosen), key=len)
    batches = [
        pad(ordered[i : i + STORIES_TOGETHER], model.shape.context)
        for i in range(0, len(ordered), STORIES_TOGETHER)
    ]
    keep = frozenset(name for name in args.keep.split(",") if name)
    compensate(model, batches, Rounding(args.group, keep))
    to = args.to or args.out / "int4"
    to.mkdir(parents=True, exist_ok=True)
    torch.save({**saved, "model": model.state_dict(), "optimizers": None}, to / "checkpoint.pt")
    print(f"compensate: {to / 'checkpoint.pt'}")


if __name__ == "__main__":
    main()
