"""The mean of two runs' weights: each has learnt other things by heart, their mean less of it.

Wortsman et al., "Model soups" (2022), with two members that began from the same weights.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training.progress import load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("one", type=Path, help="a checkpoint.pt")
    parser.add_argument("other", type=Path, help="another one of the same shape")
    parser.add_argument("--share", type=float, default=0.5, help="of the other")
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    args = parser.parse_args()
    one, other = load(args.one), load(args.other)
    if one["shape"] != other["shape"]:
        raise SystemExit("average: the two checkpoints have different shapes")
    weights = {
        name: torch.lerp(value, other["model"][name], args.share)
        for name, value in one["model"].items()
    }
    progress = other["progress"] | {"started": 0.0, "seconds": 0.0}
    args.out.mkdir(parents=True, exist_ok=True)
    torch.save(
        {**one, "model": weights, "optimizers": None, "progress": progress},
        args.out / "checkpoint.pt",
    )
    print(f"average: {args.out / 'checkpoint.pt'}")


if __name__ == "__main__":
    main()
