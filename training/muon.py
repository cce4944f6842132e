"""Muon: momentum whose matrix updates are made orthogonal before they are applied.

Source: Keller Jordan et al., "Muon: an optimizer for hidden layers in neural networks" (2024);
the five quintic Newton-Schulz steps and their coefficients are from there.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
STEPS = 5


def orthogonal(stack: Tensor, dtype: torch.dtype = torch.bfloat16) -> Tensor:
    """The nearest semi-orthogonal matrices, roughly: (count, rows, columns), rows <= columns."""
    a, b, c = COEFFICIENTS
    x = stack / (stack.norm(dim=(1, 2), keepdim=True) + 1e-7)
    x = x.to(dtype)
    for _ in range(STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.float()


class Muon(torch.optim.Optimizer):
    """Matrices only; those of one shape are made orthogonal together."""

    def __init__(
        self,
        matrices: Iterable[Tensor],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        dtype: torch.dtype = torch.bfloat16,
    ) -> None:
        self.dtype = dtype  # of the products that make updates orthogonal
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            by_shape: dict[tuple[int, ...], list[Tensor]] = {}
            for matrix in group["params"]:
                by_shape.setdefault(tuple(matrix.shape), []).append(matrix)
            for shape, matrices in by_shape.items():
                self._step_shape(shape, matrices, group)

    def _step_shape(
        self, shape: tuple[int, ...], matrices: list[Tensor], group: dict[str, float]
    ) -> None:
        updates = []
        for matrix in matrices:
            state = self.state[matrix]
            if "momentum" not in state:
                state["momentum"] = torch.zeros_like(matrix)
            assert matrix.grad is not None
            state["momentum"].lerp_(matrix.grad, 1 - group["momentum"])
            updates.append(matrix.grad.lerp(state["momentum"], group["momentum"]))
        stack = torch.stack(updates)
        tall = shape[0] > shape[1]
        stack = orthogonal(stack.mT, self.dtype).mT if tall else orthogonal(stack, self.dtype)
        gain = max(1.0, shape[0] / shape[1]) ** 0.5
        for matrix, update in zip(matrices, stack, strict=True):
            matrix.mul_(1 - group["lr"] * group["weight_decay"])
            matrix.add_(update, alpha=-group["lr"] * gain)
