"""Make a larger model that says what a smaller one says, so that training can go on from there.

Everything new begins without effect: new heads and hidden units write zeros into the stream, a new
layer adds nothing, new numbers of the stream are almost zero. RMSNorm divides by the mean over more
numbers, which its gains make good. The idea is Net2Net's (Chen, Goodfellow, Shlens 2015).
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor

from training.model import Shape, StoryModel
from training.progress import Progress, load

SMALL = 0.1  # new numbers of the stream in the embedding, as a share of the old ones' spread


def grow_weights(old: Mapping[str, Tensor], before: Shape, after: Shape) -> dict[str, Tensor]:
    """`old` weights of shape `before` within weights of shape `after`; head sizes are equal."""
    model = StoryModel(after)  # its matrices that write into the stream are zero
    new = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    gain = math.sqrt(before.dim / after.dim)
    for name, tensor in old.items():
        if name == "turn":
            continue
        target = new[name]
        if name == "embedding":
            target.normal_(0, SMALL * float(tensor.std()))
        if tensor.ndim == 1:
            target.fill_(gain)
            target[: len(tensor)] = tensor * gain
        else:
            target[: tensor.shape[0], : tensor.shape[1]] = tensor
    return new


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="of the smaller model")
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    for name in ("dim", "hidden", "layers", "heads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    args = parser.parse_args()
    saved = load(args.checkpoint)
    before = Shape(**saved["shape"])
    after = replace(before, dim=args.dim, hidden=args.hidden, layers=args.layers, heads=args.heads)
    if after.dim // after.heads != before.dim // before.heads:
        parser.error("the size of a head must stay what it is: dim / heads")
    torch.manual_seed(1)
    state = {
        "shape": asdict(after),
        "model": grow_weights(saved["model"], before, after),
        "optimizers": None,
        "progress": asdict(Progress(seen=saved["progress"]["seen"])),
    }
    torch.save(state, args.out / "checkpoint.pt")
    print(f"grow: {before} -> {after}, {args.out / 'checkpoint.pt'}")


if __name__ == "__main__":
    main()
