"""How well a model, the story model or a teacher, predicts stories."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import Batch, Tokens, load_tokens, pad

STORIES_AT_ONCE = 16


class Scored(Protocol):
    """What StoryModel and Teacher have in common."""

    embedding: Tensor

    def __call__(self, tokens: Tensor, dtype: torch.dtype) -> Tensor: ...

    def logits(self, stream: Tensor) -> Tensor: ...


def nats(model: Scored, batch: Batch, dtype: torch.dtype) -> Tensor:
    """What the model gives the stories of a batch without keywords, on its device, added up."""
    logits = model.logits(model(batch.inputs, dtype)).float()
    losses = F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), reduction="none")
    return (losses * batch.weights.flatten()).sum()


@torch.no_grad()
def valid_loss(model: Scored, stories: Sequence[Tokens], context: int, dtype: torch.dtype) -> float:
    """What the model gives all `stories`, each from BOS and cut at the context, in nats."""
    ordered = sorted(stories, key=len)
    starts = range(0, len(ordered), STORIES_AT_ONCE)
    batches = (pad(ordered[at : at + STORIES_AT_ONCE], context) for at in starts)
    return sum(float(nats(model, one.to(model.embedding.device), dtype)) for one in batches)


def bits_per_character(model: Scored, folder: Path, context: int, dtype: torch.dtype) -> float:
    """Of the unseen stories that data.py wrote, with the token that ends each."""
    characters = int((folder / "valid.characters").read_text())
    return (
        valid_loss(model, load_tokens(folder / "valid.npz"), context, dtype) / log(2) / characters
    )
