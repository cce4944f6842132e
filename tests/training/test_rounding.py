"""Needs PyTorch, which only training needs; skips without it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="numpy is installed by `make train` only")
torch = pytest.importorskip("torch", reason="PyTorch is installed by `make train` only")

from tests.training.test_unpack import ENGINE, write_tokenizer  # noqa: E402
from training.batches import Tokens, pad  # noqa: E402
from training.compensate import Rounding, compensate  # noqa: E402
from training.export import checkpoint_bytes  # noqa: E402
from training.model import Shape, StoryModel  # noqa: E402
from training.rounding import Rounded, nearest, round_matrix, search_scales  # noqa: E402
from training.unpack import BLOCK_ROWS, Section, sections  # noqa: E402

GROUP = 32
INT4, W2 = 4, 9  # a coding and a kind of section


def error(w: torch.Tensor, moments: torch.Tensor, rounded: Rounded) -> float:
    e = w - rounded.weights()
    return float(((e @ moments) * e).sum())


def dependent_moments(columns: int) -> torch.Tensor:
    """Of inputs that a few directions explain, as those of a layer."""
    mixing = torch.randn(columns // 4, columns)
    inputs = torch.randn(2000, columns // 4) @ mixing + 0.3 * torch.randn(2000, columns)
    return inputs.T @ inputs / 2000


def test_the_error_that_counts_is_a_fraction_of_the_nearest_weights() -> None:
    torch.manual_seed(1)
    w, moments = torch.randn(64, 96) * 0.05, dependent_moments(96)
    scales = search_scales(w, torch.ones(96), GROUP)
    plain = Rounded(nearest(w, scales.repeat_interleave(GROUP, 1)), scales, GROUP)
    rounded = round_matrix(w, moments, GROUP)
    assert error(w, moments, rounded) < 0.5 * error(w, moments, plain)
    assert rounded.integers.min() >= -8 and rounded.integers.max() <= 7
    assert torch.equal(rounded.integers, rounded.integers.round())
    assert torch.equal(rounded.scales, rounded.scales.bfloat16().float())


def test_rows_of_zeros_stay_zeros() -> None:
    torch.manual_seed(1)
    w = torch.randn(8, 64)
    w[3] = 0.0
    rounded = round_matrix(w, dependent_moments(64), GROUP)
    assert not rounded.weights()[3].any()
    assert rounded.weights().isfinite().all()


def int4_matrix(section: Section) -> torch.Tensor:
    """Weights of an int4 section as fp32 (rows, columns): docs/format.md."""
    blocks, groups = -(-section.rows // BLOCK_ROWS), section.columns // GROUP
    records = np.frombuffer(section.data, np.uint8).reshape(blocks, groups, -1)
    tiles = records[:, :, : GROUP * BLOCK_ROWS // 2].reshape(blocks, groups, -1, 4, BLOCK_ROWS)
    nibbles = np.stack([tiles & 15, tiles >> 4], axis=3)  # (.., tile, half, column, row)
    integers = nibbles.reshape(blocks, groups, GROUP, BLOCK_ROWS).astype(np.float32) - 8
    halves = np.ascontiguousarray(records[:, :, GROUP * BLOCK_ROWS // 2 :]).view(np.uint16)
    scales = (halves.astype(np.uint32) << 16).view(np.float32)
    weights = integers * scales.reshape(blocks, groups, 1, BLOCK_ROWS)
    return torch.from_numpy(weights.transpose(0, 3, 1, 2).reshape(blocks * BLOCK_ROWS, -1).copy())


def test_the_packer_finds_the_weights_exactly(tmp_path: Path) -> None:
    if not ENGINE.exists():
        pytest.skip("needs the engine: make engine")
    torch.manual_seed(3)
    shape = Shape(dim=64, hidden=96, layers=2, heads=2, vocabulary=320, context=32)
    model = StoryModel(shape)
    for block in model.blocks:  # outputs start at zero
        torch.nn.init.normal_(block.wo, std=0.1)
        torch.nn.init.normal_(block.w2, std=0.1)
    before = model.embedding.detach().clone()
    random = np.random.default_rng(2)
    stories = [Tokens.plain(random.integers(3, 320, 20)) for _ in range(24)]
    how = Rounding(GROUP, frozenset({"embedding"}))
    compensate(model, [pad(stories[:16], 32), pad(stories[16:], 32)], how)
    assert torch.equal(model.embedding, before)
    (tmp_path / "model.bin").write_bytes(checkpoint_bytes(vars(shape), model.state_dict()))
    write_tokenizer(tmp_path / "tokenizer.bin", shape.vocabulary)
    files = [tmp_path / name for name in ("model.bin", "tokenizer.bin", "model.story")]
    packing = ["-q", "int4", "-g", str(GROUP), "--keep-int8", "embedding", "-o", files[2]]
    subprocess.run([ENGINE, "pack", *files[:2], *packing], check=True)
    found = 0
    for section in sections(files[2].read_bytes()):
        if section.kind != W2:
            continue
        assert section.coding == INT4
        wanted = model.blocks[section.layer].w2
        assert torch.equal(int4_matrix(section), wanted.detach())
        found += 1
    assert found == shape.layers
