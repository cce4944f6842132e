"""Token files and batches: every story starts at position 0 behind its own BOS, as when told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

BOS = 1
POOL = 4096  # stories sorted by length together: little padding, still well shuffled
Ids = npt.NDArray[np.uint16]


def save_tokens(path: Path, stories: Sequence[Sequence[int]]) -> None:
    """All stories end to end, and where each starts."""
    lengths = np.array([0] + [len(story) for story in stories])
    flat = np.fromiter((token for story in stories for token in story), dtype=np.uint16)
    part = path.with_suffix(".part.npz")
    np.savez(part, tokens=flat, starts=np.cumsum(lengths))
    part.rename(path)


def load_tokens(path: Path) -> list[Ids]:
    """The stories that `save_tokens` wrote, without BOS."""
    with np.load(path) as data:
        tokens, starts = data["tokens"], data["starts"]
    return [tokens[a:b] for a, b in pairwise(starts)]


def pad(stories: Sequence[Ids], context: int) -> tuple[Tensor, Tensor, Tensor]:
    """inputs, targets (batch, time) and weights (batch, time; 0 where there is no story).

    A story is scored from its first token to the BOS that ends it, cut at the context.
    """
    time = min(context, max(len(story) for story in stories) + 1)
    time += -time % 16
    inputs = np.full((len(stories), time), BOS, dtype=np.int64)
    targets = np.full((len(stories), time), BOS, dtype=np.int64)
    weights = np.zeros((len(stories), time), dtype=np.float32)
    for row, story in enumerate(stories):
        kept = min(len(story), time)
        inputs[row, 1 : kept + 1] = story[: time - 1]
        targets[row, :kept] = story[:kept]
        weights[row, : min(kept + 1, time)] = 1
    return torch.from_numpy(inputs), torch.from_numpy(targets), torch.from_numpy(weights)


def epoch(
    stories: Sequence[Ids], tokens: int, context: int, seed: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Batches of about `tokens` tokens, each story once, in an order drawn from `seed`."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(stories))
    for start in range(0, len(order), POOL):
        pool = sorted(order[start : start + POOL], key=lambda i: len(stories[i]))
        cuts, batch = [], []
        for index in pool:
            batch.append(stories[index])
            time = min(context, len(stories[index]) + 1)
            if (len(batch) + 1) * (time + -time % 16) > tokens:
                cuts.append(batch)
                batch = []
        if batch:
            cuts.append(batch)
        for choice in rng.permutation(len(cuts)):
            yield pad(cuts[choice], context)
