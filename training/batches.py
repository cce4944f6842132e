"""Token files and batches: every story starts at position 0 behind its own BOS, as when told.

Keywords (keywords.py) stand between the tokens of the text. They are seen by the sentence behind
them alone and take the positions of the text before them, so that text has the same positions with
and without them and a plan's keywords can leave the engine's cache when the sentence is written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

BOS = 1
POOL = 4096  # stories sorted by length together: little padding, still well shuffled
Ids = npt.NDArray[np.uint16]
Owners = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Tokens:
    """One story without BOS."""

    ids: Ids  # (length)
    # (length): k > 0 for text that belongs to the k-th keywords, -k for those keywords, 0 for text
    # that has none
    owners: Owners

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def plain(cls, ids: Sequence[int] | Ids) -> Tokens:
        return cls(np.array(ids, np.uint16), np.zeros(len(ids), np.int16))


@dataclass(frozen=True)
class Batch:
    """Rows of stories, padded at their ends: all (batch, time)."""

    inputs: Tensor
    targets: Tensor  # the next token of the text
    weights: Tensor  # 0 where there is no story, and for keywords but the last of a row of them
    positions: Tensor  # of the rotary angles
    owners: Tensor  # as Tokens.owners, 0 for BOS and padding

    def to(self, device: torch.device | str) -> Batch:
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))

    def mask(self) -> Tensor:
        """Which token may look at which: (batch, 1, time, time)."""
        time = self.inputs.shape[1]
        causal = torch.ones(time, time, dtype=torch.bool, device=self.inputs.device).tril()
        text = (self.owners >= 0)[:, None, :]
        own = self.owners.abs()[:, :, None] == -self.owners[:, None, :]
        return (causal & (text | own))[:, None]


def save_tokens(path: Path, stories: Sequence[Tokens]) -> None:
    """All stories end to end, and where each starts."""
    lengths = np.array([0] + [len(story) for story in stories])
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        tokens=np.concatenate([story.ids for story in stories]),
        owners=np.concatenate([story.owners for story in stories]),
        starts=np.cumsum(lengths),
    )
    part.rename(path)


def load_tokens(path: Path) -> list[Tokens]:
    """The stories that `save_tokens` wrote."""
    with np.load(path) as data:
        tokens, owners, starts = data["tokens"], data["owners"], data["starts"]
    return [Tokens(tokens[a:b], owners[a:b]) for a, b in pairwise(starts)]


def token_files(folder: Path, pattern: str = "train.*.npz") -> list[Path]:
    """The token files in their order; one clear sentence and exit 1 where there are none."""
    found = sorted(folder.glob(pattern))
    if not found:
        sys.exit(f"training: {folder} holds no {pattern}; run python -m training.data first")
    return found


def cut(story: Tokens, context: int) -> Tokens:
    """The story as far as BOS and its text fit into `context` positions."""
    text = np.cumsum(story.owners >= 0)
    kept = int(np.searchsorted(text, context - 1, side="right"))
    return Tokens(story.ids[:kept], story.owners[:kept])


def row_length(story: Tokens, context: int) -> int:
    """Tokens of a batch's row that holds the story: a multiple of 16."""
    time = len(cut(story, context)) + 1
    return time + -time % 16


def positions_of(owners: Owners) -> npt.NDArray[np.int64]:
    """Text counts up; keywords end one position before the text that they belong to."""
    at = np.cumsum(owners >= 0) - 1
    positions = at.astype(np.int64)
    for end in np.flatnonzero((owners[:-1] < 0) & (owners[1:] >= 0)):
        first = int(end)
        while owners[first - 1] < 0:
            first -= 1
        count = end - first + 1
        positions[first : end + 1] = at[end] + 1 - count + np.arange(count)
    return positions


def pad(stories: Sequence[Tokens], context: int) -> Batch:
    """Rows of one length.

    A story is scored from its first token to the BOS that ends it, cut at the context. The token
    before keywords does not see them: its target, like theirs, is the text behind them.
    """
    rows = [cut(story, context) for story in stories]
    time = max(len(row) for row in rows) + 1
    time += -time % 16
    shape = (len(rows), time)
    inputs, targets = np.full(shape, BOS, np.int64), np.full(shape, BOS, np.int64)
    weights, positions = np.zeros(shape, np.float32), np.zeros(shape, np.int64)
    owners = np.zeros(shape, np.int64)
    for row, (story, kept) in enumerate(zip(stories, rows, strict=True)):
        end = len(kept) + 1
        inputs[row, 1:end], owners[row, 1:end] = kept.ids, kept.owners
        is_text = owners[row, :end] >= 0
        text = np.append(story.ids[story.owners >= 0], BOS)
        targets[row, :end] = text[np.cumsum(is_text) - 1]
        # of keywords only the last, the closing bracket, is asked what comes
        weights[row, :end] = is_text | np.append(is_text[1:], False)
        positions[row, :end] = positions_of(owners[row, :end])
    return Batch(*(torch.from_numpy(one) for one in (inputs, targets, weights, positions, owners)))


def epoch(
    stories: Sequence[Tokens], tokens: int, context: int, seed: int, mine: int = 0, workers: int = 1
) -> Iterator[Batch]:
    """Batches of about `tokens` tokens, each story once, in an order drawn from `seed`.

    With `workers` above 1 only each `workers`-th batch, from the `mine`-th on (0 is the first):
    processes with the same seed share an epoch.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(stories))
    turn = 0
    for start in range(0, len(order), POOL):
        pool = sorted(order[start : start + POOL], key=lambda i: len(stories[i]))
        cuts, batch = [], []
        for index in pool:
            batch.append(stories[index])
            if (len(batch) + 1) * row_length(stories[index], context) > tokens:
                cuts.append(batch)
                batch = []
        if batch:
            cuts.append(batch)
        for choice in rng.permutation(len(cuts)):
            if turn % workers == mine:
                yield pad(cuts[choice], context)
            turn += 1
