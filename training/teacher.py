"""A larger model with the story model's vocabulary, whose stories the story model learns from.

Llama's architecture with grouped-query attention: several query heads share one head of keys and
values (Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models from Multi-Head
Checkpoints", 2023). Rotary pairs lie half a head apart, as in model.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.model import Normed, rotary, rotate


@dataclass(frozen=True)
class TeacherShape:
    """SmolLM2-135M's, with the story model's vocabulary."""

    dim: int = 576
    hidden: int = 1536
    layers: int = 30
    heads: int = 9
    kv_heads: int = 3
    vocabulary: int = 4096
    context: int = 512  # tokens
    theta: float = 100000.0


class TeacherBlock(nn.Module):
    """One layer: attention and SwiGLU, each behind its norm, each added to the stream."""

    def __init__(self, shape: TeacherShape) -> None:
        super().__init__()
        dim, hidden = shape.dim, shape.hidden
        self.heads, self.kv_heads, self.size = shape.heads, shape.kv_heads, dim // shape.heads
        self.attention_norm, self.ffn_norm = Normed(dim), Normed(dim)
        rows = (shape.heads + 2 * shape.kv_heads) * self.size

        def matrix(rows: int, columns: int) -> nn.Parameter:
            return nn.Parameter(torch.randn(rows, columns) * 0.02)

        self.wqkv, self.wo = matrix(rows, dim), matrix(dim, dim)
        self.w13, self.w2 = matrix(2 * hidden, dim), matrix(dim, hidden)

    def _heads(self, x: Tensor, turn: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x (batch, time, dim) -> queries, keys, values (batch, heads, time, size)."""
        y = F.linear(self.attention_norm(x), self.wqkv.to(x.dtype))
        y = y.view(*x.shape[:2], -1, self.size).transpose(1, 2)
        q, k, v = y.split((self.heads, self.kv_heads, self.kv_heads), dim=1)
        return rotate(q, turn), rotate(k, turn), v

    def _ends(self, x: Tensor, attended: Tensor) -> Tensor:
        x = x + F.linear(attended, self.wo.to(x.dtype))
        gate, up = F.linear(self.ffn_norm(x), self.w13.to(x.dtype)).chunk(2, dim=-1)
        return x + F.linear(F.silu(gate) * up, self.w2.to(x.dtype))

    def forward(self, x: Tensor, turn: Tensor) -> Tensor:
        q, k, v = self._heads(x, turn)
        shared = self.heads // self.kv_heads
        k, v = k.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self._ends(x, y.transpose(1, 2).reshape(x.shape))

    def step(self, x: Tensor, turn: Tensor, cache: Tensor, at: int) -> Tensor:
        """One token of each row: x (batch, 1, dim), cache (2, batch, kv_heads, context, size),
        which is filled up to position `at` and gets this token's keys and values."""
        q, k, v = self._heads(x, turn)
        cache[0, :, :, at], cache[1, :, :, at] = k[:, :, 0], v[:, :, 0]
        keys, values = (part[:, :, : at + 1].flatten(0, 1) for part in cache)
        q = q.reshape(-1, self.heads // self.kv_heads, self.size)
        scores = torch.bmm(q, keys.mT) * self.size**-0.5
        y = torch.bmm(scores.float().softmax(dim=-1).to(x.dtype), values)
        return self._ends(x, y.reshape(x.shape))


class Teacher(nn.Module):
    """tokens (batch, time) -> stream after the last norm (batch, time, dim); see `logits`."""

    turn: Tensor

    def __init__(self, shape: TeacherShape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.randn(shape.vocabulary, shape.dim) * 0.02)
        self.blocks = nn.ModuleList(TeacherBlock(shape) for _ in range(shape.layers))
        self.norm = Normed(shape.dim)
        turn = rotary(shape.context, shape.dim // shape.heads, shape.theta)
        self.register_buffer("turn", turn, persistent=False)

    def forward(self, tokens: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
        x = F.embedding(tokens, self.embedding).to(dtype)
        turn = self.turn[:, None, None, : tokens.shape[1]]
        for block in self.blocks:
            x = block(x, turn)
        result: Tensor = self.norm(x)
        return result

    def step(self, tokens: Tensor, caches: list[Tensor], at: int) -> Tensor:
        """Logits (batch, vocabulary) of what follows `tokens` (batch) at position `at`."""
        x = F.embedding(tokens[:, None], self.embedding)
        turn = self.turn[:, None, None, at : at + 1]
        for block, cache in zip(self.blocks, caches, strict=True):
            x = block.step(x, turn, cache, at)
        return self.logits(self.norm(x)[:, 0])

    def logits(self, stream: Tensor) -> Tensor:
        """(..., dim) -> (..., vocabulary)."""
        return F.linear(stream, self.embedding.to(stream.dtype))
