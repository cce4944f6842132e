"""The story model in PyTorch: Llama 2's architecture exactly as the engine runs it.

RMSNorm (eps 1e-5), rotary positions (theta 10000), SwiGLU, one matrix for embedding and classifier.
Rotary pairs lie half a head apart here, which is cheaper in PyTorch; export.py moves the rows of
wq and wk to the neighbouring pairs that the checkpoint format asks for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-5
THETA = 10000.0
# logits of so many rows stay in a processor's L3 cache: 1024 x 4096 x 4 bytes = 16 MB; a GPU wants
# few large products
ROWS_PER_CHUNK, ROWS_PER_CHUNK_CUDA = 1024, 32768


def fast_dtype(device: torch.device | str) -> torch.dtype:
    """bfloat16 where the device multiplies it; elsewhere float32 is several times faster."""
    if torch.device(device).type == "cuda":
        return torch.bfloat16
    capabilities = torch.cpu.get_capabilities()
    has = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")
    return torch.bfloat16 if has else torch.float32


@dataclass(frozen=True)
class Shape:
    """Sizes of a model; all but layers and heads are multiples of 32 for the packed format."""

    dim: int = 192
    hidden: int = 512
    layers: int = 5
    heads: int = 6
    vocabulary: int = 4096
    context: int = 512  # tokens


class Normed(nn.Module):
    """RMSNorm: x / rms(x) * weight."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight.to(x.dtype), EPSILON)


def rotary(context: int, head_size: int, theta: float = THETA) -> Tensor:
    """cos and sin of position x frequency: (2, context, head_size / 2)."""
    frequency = theta ** (-torch.arange(0, head_size, 2).float() / head_size)
    angle = torch.outer(torch.arange(context).float(), frequency)
    return torch.stack((angle.cos(), angle.sin()))


def rotate(x: Tensor, turn: Tensor) -> Tensor:
    """Turn x (batch, heads, time, head_size) by turn (2, batch or 1, 1, time, head_size / 2)."""
    a, b = x.chunk(2, dim=-1)
    cos, sin = turn[0].to(x.dtype), turn[1].to(x.dtype)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)


class Block(nn.Module):
    """One layer: attention and SwiGLU, each behind its norm, each added to the stream."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        dim, hidden = shape.dim, shape.hidden
        self.heads = shape.heads
        self.attention_norm, self.ffn_norm = Normed(dim), Normed(dim)

        def matrix(rows: int, columns: int, spread: float = 1.0) -> nn.Parameter:
            return nn.Parameter(torch.randn(rows, columns) * spread / math.sqrt(columns))

        self.wq, self.wk, self.wv = matrix(dim, dim), matrix(dim, dim), matrix(dim, dim)
        self.w1, self.w3 = matrix(hidden, dim), matrix(hidden, dim)
        # outputs start at zero: the stream is the embedding alone at first
        self.wo, self.w2 = matrix(dim, dim, 0.0), matrix(dim, hidden, 0.0)

    def attended(self, x: Tensor, turn: Tensor, mask: Tensor | None, dtype: torch.dtype) -> Tensor:
        """What wo multiplies: (batch, time, dim)."""
        batch, time, dim = x.shape
        y = self.attention_norm(x).to(dtype)
        qkv = F.linear(y, torch.cat((self.wq, self.wk, self.wv)).to(dtype))
        q, k, v = qkv.view(batch, time, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(
            rotate(q, turn), rotate(k, turn), v, attn_mask=mask, is_causal=mask is None
        )
        return y.transpose(1, 2).reshape(batch, time, dim)

    def gated(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """What w2 multiplies: (batch, time, hidden)."""
        y = self.ffn_norm(x).to(dtype)
        gate, up = F.linear(y, torch.cat((self.w1, self.w3)).to(dtype)).chunk(2, dim=-1)
        return F.silu(gate) * up

    def forward(self, x: Tensor, turn: Tensor, mask: Tensor | None, dtype: torch.dtype) -> Tensor:
        y = self.attended(x, turn, mask, dtype)
        x = x + F.linear(y, self.wo.to(dtype)).to(x.dtype)
        return x + F.linear(self.gated(x, dtype), self.w2.to(dtype)).to(x.dtype)


class StoryModel(nn.Module):
    """tokens (batch, time) -> stream after the last norm (batch, time, dim); see `logits`."""

    turn: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Parameter(torch.randn(shape.vocabulary, shape.dim) * 0.04)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Normed(shape.dim)
        self.register_buffer("turn", rotary(shape.context, shape.dim // shape.heads))

    def forward(
        self,
        tokens: Tensor,
        dtype: torch.dtype = torch.float32,
        positions: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """positions (batch, time) and mask (batch, 1, time, time), as of a Batch with keywords;
        without them each token looks at all before it, positions count up."""
        x = F.embedding(tokens, self.embedding)
        if positions is None:
            positions = torch.arange(tokens.shape[1], device=tokens.device)[None]
        turn = self.turn[:, positions][:, :, None]
        for block in self.blocks:
            x = block(x, turn, mask, dtype)
        result: Tensor = self.norm(x)
        return result

    def logits(self, stream: Tensor) -> Tensor:
        """(..., dim) -> (..., vocabulary)."""
        return F.linear(stream, self.embedding)


class ChunkedLoss(torch.autograd.Function):
    """Mean weighted cross-entropy; gradients are made in the same pass, one chunk at a time."""

    @staticmethod
    def forward(ctx, stream, embedding, targets, weights, dtype):  # type: ignore[no-untyped-def]
        classifier = embedding.to(dtype)
        d_stream = torch.empty_like(stream)
        d_embedding = torch.zeros_like(embedding)
        total = stream.new_zeros(())
        scale = 1.0 / weights.sum()
        step = ROWS_PER_CHUNK_CUDA if stream.is_cuda else ROWS_PER_CHUNK
        for start in range(0, len(stream), step):
            rows = slice(start, start + step)
            x, target, weight = stream[rows].to(dtype), targets[rows, None], weights[rows]
            log_p = torch.log_softmax((x @ classifier.T).float(), dim=-1)
            total -= (log_p.gather(1, target)[:, 0] * weight).sum()
            d = log_p.exp_()
            d.scatter_add_(1, target, torch.full_like(target, -1, dtype=d.dtype))
            d = d.mul_((weight * scale)[:, None]).to(dtype)
            d_stream[rows] = (d @ classifier).float()
            d_embedding += (d.T @ x).float()
        ctx.save_for_backward(d_stream, d_embedding)
        return total * scale

    @staticmethod
    def backward(ctx, grad):  # type: ignore[no-untyped-def]
        d_stream, d_embedding = ctx.saved_tensors
        return d_stream * grad, d_embedding * grad, None, None, None
