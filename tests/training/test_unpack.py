"""Needs PyTorch, which only training needs; skips without it."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is installed by `make train` only")

from training.export import checkpoint_bytes  # noqa: E402
from training.model import Shape, StoryModel  # noqa: E402
from training.unpack import weights_of  # noqa: E402

ROOT = Path(__file__).parents[2]
ENGINE, DEFAULT = ROOT / "build/native/storyteller", ROOT / "storybot/data/default.story"


def write_tokenizer(path: Path, entries: int) -> None:
    """As llama2.c's: the special pieces, all bytes, and made-up words."""
    pieces = ["<unk>", "\n<s>\n", "\n</s>\n", *(f"<0x{byte:02X}>" for byte in range(256))]
    pieces += [f"w{number}" for number in range(entries - len(pieces))]
    words = [struct.pack("<fI", 0.0, len(one)) + one.encode() for one in pieces]
    path.write_bytes(struct.pack("<I", 8) + b"".join(words))


def test_a_packed_model_comes_back_within_half_a_step_of_int8(tmp_path: Path) -> None:
    if not ENGINE.exists():
        pytest.skip("needs the engine: make engine")
    torch.manual_seed(3)
    shape = Shape(dim=32, hidden=64, layers=2, heads=2, vocabulary=300, context=16)
    model = StoryModel(shape)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    weights = model.state_dict()
    (tmp_path / "model.bin").write_bytes(checkpoint_bytes(vars(shape), weights))
    write_tokenizer(tmp_path / "tokenizer.bin", shape.vocabulary)
    files = [tmp_path / name for name in ("model.bin", "tokenizer.bin", "model.story")]
    subprocess.run([ENGINE, "pack", *files[:2], "-q", "int8", "-o", files[2]], check=True)
    found_shape, found = weights_of((tmp_path / "model.story").read_bytes())
    assert found_shape == shape
    assert found.keys() == weights.keys() - {"turn"}
    for name, tensor in found.items():
        largest = float(weights[name].abs().max())
        assert torch.allclose(tensor, weights[name], atol=0.006 * largest), name


def test_the_model_in_the_repository_can_be_trained_on() -> None:
    shape, weights = weights_of(DEFAULT.read_bytes())
    model = StoryModel(shape)
    model.load_state_dict(model.state_dict() | weights)
    assert sum(p.numel() for p in model.parameters()) == 6_163_712
