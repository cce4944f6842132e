"""What the tests of the Duo's engine need: `make test-duo` builds it and passes its paths on.

Without them (a plain `make test`) everything here is skipped.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
# dim, hidden, layers, heads, kv heads, vocab, context
SMALL_SHAPE = ["64", "172", "3", "4", "2", "2000", "256"]


@dataclass(frozen=True)
class Engines:
    """Two builds of one engine, as commands."""

    here: tuple[str, ...]  # this machine's
    duo: tuple[str, ...]  # riscv64 in an emulator of the C906's vector instructions
    rvv: tuple[str, ...]  # the same program on a CPU with RVV 1.0
    rvv256: tuple[str, ...]  # ... and vector registers of 256 bits
    plain: tuple[str, ...]  # the same program on a CPU without vectors


@pytest.fixture(scope="session")
def engines() -> Engines:
    if "DUO_EMULATOR" not in os.environ:
        pytest.skip("the Duo's engine is built and tested by `make test-duo`")
    old, new = os.environ["DUO_EMULATOR"], os.environ["DUO_EMULATOR1"]
    program = str(CHECKOUT / "build/duo/storyteller")
    return Engines(
        here=(str(CHECKOUT / "build/native/storyteller"),),
        duo=(old, "-cpu", os.environ["DUO_CPU"], program),
        rvv=(new, "-cpu", "rv64,v=true,vext_spec=v1.0,vlen=128", program),
        rvv256=(new, "-cpu", "rv64,v=true,vext_spec=v1.0,vlen=256", program),
        plain=(new, "-cpu", "rv64", program),
    )


@pytest.fixture(scope="session")
def small_models(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A synthetic model, small enough to tell many stories in an emulator, in every coding."""
    folder = tmp_path_factory.mktemp("models")
    checkpoint, tokenizer = folder / "small.bin", folder / "small.tok"
    subprocess.run(
        [os.environ["DUO_SYNTHETIC"], checkpoint, tokenizer, "7", "0.002", *SMALL_SHAPE], check=True
    )
    return {coding: pack(engines, checkpoint, tokenizer, coding, folder) for coding in CODINGS}


CODINGS = ("int8", "int4", "fp32")


def pack(engines: Engines, checkpoint: Path, tokenizer: Path, coding: str, folder: Path) -> Path:
    """A .story made by this machine's engine."""
    story = folder / f"{checkpoint.stem}-{coding}.story"
    command = [*engines.here, "pack", checkpoint, tokenizer, "-q", coding, "-o", story]
    subprocess.run(command, check=True, capture_output=True)
    return story


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(os.environ.get("STORYBOT_SHARED", CHECKOUT.parent / "shared"))
    if not (folder / "models").is_dir():
        pytest.skip(f"no models in {folder}")
    return folder
