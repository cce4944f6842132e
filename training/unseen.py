"""Give the pieces that no training story has the mean embedding of the rarest that some have.

Training only pushes their rows away from whatever is said. Where somebody's own words hold such a
piece (a byte of an emoji, an accent), the model would read what it never met, and write nonsense.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from training.batches import load_tokens
from training.progress import load

SPECIAL = 3  # unknown, BOS and EOS come first
RARE = 60  # times at most that a rare piece is in the token files


def counts(folder: Path, vocabulary: int) -> np.ndarray:
    """How often each piece stands in the token files."""
    found = np.zeros(vocabulary, np.int64)
    for path in sorted(folder.glob("train.*.npz")):
        for story in load_tokens(path):
            found += np.bincount(story.ids, minlength=vocabulary)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    args = parser.parse_args()
    saved = load(args.out / "checkpoint.pt")
    embedding = saved["model"]["embedding"]
    seen = torch.from_numpy(counts(args.out, len(embedding)))
    unseen = seen == 0
    unseen[:SPECIAL] = False
    rare = (seen > 0) & (seen < RARE)
    if not seen.any() or not rare.any():
        raise SystemExit(f"unseen: {args.out} has no token files, or too few; run training.data")
    embedding[unseen] = embedding[rare].mean(dim=0)
    torch.save(saved, args.out / "checkpoint.pt")
    print(f"unseen: {int(unseen.sum())} pieces are like the mean of {int(rare.sum())} rare ones")


if __name__ == "__main__":
    main()
