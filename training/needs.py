"""One clear sentence and exit 1 where something that a script needs is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import torch


def require(path: Path, maker: str) -> None:
    """A file of an earlier step, which the module `maker` makes."""
    if not path.is_file():
        sys.exit(f"training: {path} is missing; python -m {maker} makes it")


def require_device(device: str) -> None:
    """The GPU, where one is asked for."""
    if torch.device(device).type == "cuda" and not torch.cuda.is_available():
        sys.exit("training: there is no GPU here; --device cpu tries it on the processor, slowly")
