"""How far a run has come, and the one file from which it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from training.model import Shape, StoryModel


@dataclass
class Progress:
    """Counted over all runs that went on from one another."""

    steps: int = 0
    seen: int = 0  # tokens
    epoch: int = 0  # the one being read; a run that goes on begins the next
    seconds: float = 0.0  # of processor time per thread
    started: float = 0.0  # seconds since the epoch of the clock, 0 before the first run


def save(
    path: Path,
    model: StoryModel,
    optimizers: Sequence[torch.optim.Optimizer],
    progress: Progress,
) -> None:
    """Written beside and renamed: an interruption leaves the file that was there."""
    part = path.with_suffix(".part")
    state = {
        "shape": asdict(model.shape),
        "model": model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "progress": asdict(progress),
    }
    torch.save(state, part)
    part.rename(path)


def load(path: Path) -> dict[str, Any]:
    """What `save` wrote."""
    saved: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    return saved


def model_of(saved: dict[str, Any]) -> StoryModel:
    model = StoryModel(Shape(**saved["shape"]))
    model.load_state_dict(saved["model"])
    return model


def restore(saved: dict[str, Any], optimizers: Sequence[torch.optim.Optimizer]) -> Progress:
    """Give `optimizers` their momenta back; learning rates stay those asked for now.

    A model that has just grown has no momenta yet.
    """
    for optimizer, state in zip(optimizers, saved["optimizers"] or (), strict=False):
        asked = [dict(group) for group in optimizer.param_groups]
        optimizer.load_state_dict(state)
        for group, wanted in zip(optimizer.param_groups, asked, strict=True):
            group.update({name: wanted[name] for name in wanted if name != "params"})
    progress = Progress(**saved["progress"])
    progress.epoch += 1
    return progress
