"""Weights rounded to four bits so that what a matrix makes of its inputs changes least.

Rounding each weight to the nearest is best only if the inputs are independent. Here the error of a
row is e^T H e, where e is the row's error and H the inputs' second moments (columns, columns); a
weight is rounded so that it makes up for those rounded before it (GPTQ, Frantar et al. 2022), then
scales and weights are improved in turn, one coordinate at a time (QuantEase, Behdin et al. 2023).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

LEAST, MOST = -8, 7  # what four bits hold
DAMPING = 0.01  # of the mean of H's diagonal, added to it


@dataclass(frozen=True)
class Rounded:
    """weights = integers * scales, each scale repeated for its group of columns."""

    integers: Tensor  # (rows, columns), whole numbers as floats
    scales: Tensor  # (rows, groups), bfloat16 values as fp32
    group: int

    def weights(self) -> Tensor:
        """(rows, columns)"""
        return self.integers * self.scales.repeat_interleave(self.group, 1)


def bfloat16(x: Tensor) -> Tensor:
    return x.bfloat16().float()


def nearest(w: Tensor, scale: Tensor) -> Tensor:
    """The integers next to w / scale; 0 where the scale is."""
    return torch.where(scale != 0, w / scale, 0.0).round().clamp(LEAST, MOST)


def search_scales(w: Tensor, importance: Tensor, group: int) -> Tensor:
    """Scales (rows, groups) of least error, weighted by `importance` (columns), as the packer's."""
    parts = w.view(len(w), -1, group)
    weight = importance.view(1, -1, group)
    most = parts.abs().amax(2, keepdim=True)
    best = torch.zeros_like(most)
    least = torch.full_like(most, torch.inf)
    for step in torch.arange(5.0, 9.01, 0.25).tolist():
        for sign in (1, -1):
            scale = sign * most / step
            for _ in range(2):
                scale = bfloat16(scale)
                q = nearest(parts, scale)
                error = (weight * (parts - q * scale) ** 2).sum(2, keepdim=True)
                best = torch.where(error < least, scale, best)
                least = torch.minimum(error, least)
                scale = (weight * parts * q).sum(2, keepdim=True) / (
                    (weight * q * q).sum(2, keepdim=True).clamp_min(1e-30)
                )
    return best[:, :, 0]


def compensate(w: Tensor, h: Tensor, scales: Tensor, group: int) -> Tensor:
    """GPTQ: the integers (rows, columns), column by column, the heaviest inputs first."""
    order = h.diagonal().argsort(descending=True)
    inverse = torch.linalg.inv(h[order][:, order].double())
    factor = torch.linalg.cholesky(inverse, upper=True).float()
    left, integers = w[:, order].clone(), torch.empty_like(w)
    for i, column in enumerate(order.tolist()):
        scale = scales[:, column // group]
        q = nearest(left[:, i], scale)
        integers[:, column] = q
        error = (left[:, i] - q * scale) / factor[i, i]
        left[:, i:] -= error[:, None] * factor[i, i:]
    return integers


def refit(w: Tensor, h: Tensor, rounded: Rounded) -> Rounded:
    """The scales of least error for these integers: one small linear system a row."""
    rows, columns = w.shape
    groups = columns // rounded.group
    q = rounded.integers.view(rows, groups, rounded.group)
    by_group = h.view(groups, rounded.group, columns)
    hq = torch.einsum("rgk,gkc->rgc", q, by_group)  # (rows, groups, columns)
    left = torch.einsum("rgjk,rjk->rgj", hq.view(rows, groups, groups, -1), q)
    diagonal = left.diagonal(dim1=1, dim2=2)
    diagonal.add_(1e-6 * diagonal.mean(1, keepdim=True) + 1e-20)  # a group may hold zeros alone
    right = torch.einsum("rgc,rc->rg", hq, w)
    return Rounded(rounded.integers, bfloat16(torch.linalg.solve(left, right)), rounded.group)


def descend(w: Tensor, h: Tensor, rounded: Rounded) -> Rounded:
    """Each column in turn takes the integers of least error, the others staying."""
    now = rounded.weights()
    pull = (w - now) @ h  # (rows, columns)
    integers = rounded.integers.clone()
    for k in range(w.shape[1]):
        scale = rounded.scales[:, k // rounded.group]
        q = nearest(now[:, k] + pull[:, k] / h[k, k], scale)
        change = (q - integers[:, k]) * scale
        integers[:, k] = q
        pull -= change[:, None] * h[k]
    return Rounded(integers, rounded.scales, rounded.group)


ROUNDS = 4  # of scales, then integers; a fifth changes little


def round_matrix(w: Tensor, moments: Tensor, group: int) -> Rounded:
    """w (rows, columns) for inputs with these second moments (columns, columns)."""
    h = moments + DAMPING * moments.diagonal().mean() * torch.eye(len(moments))
    scales = search_scales(w, h.diagonal(), group)
    best = Rounded(compensate(w, h, scales, group), scales, group)
    for _ in range(ROUNDS):
        best = descend(w, h, refit(w, h, best))
    return best
