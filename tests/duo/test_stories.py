"""The Duo's engine, in an emulator, tells the stories that this machine's engine tells."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.duo.conftest import CODINGS, Engines, pack

STORIES = int(os.environ.get("DUO_STORIES", "4"))
FULL = STORIES >= 50
PROMPTS = ("", "Once upon a time", "The cat", "One day a little boat", "Lily and Tom")
SAMPLINGS = ("-t 0", "-t 1 -p 0.9", "-t 0.8 -p 1", "-t 1.3 -p 0.6")


def story(command: tuple[str, ...], model: Path, number: int, steps: int, *extra: str) -> bytes:
    """The text of story `number`: its prompt, sampling and seed follow from the number."""
    prompt, sampling = PROMPTS[number % len(PROMPTS)], SAMPLINGS[number % len(SAMPLINGS)]
    options = ["-i", prompt, *sampling.split(), "-s", str(number + 1), "-n", str(steps), *extra]
    run = subprocess.run([*command, str(model), *options], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("cpu", ["duo", "rvv", "rvv256"])
def test_small_model_tells_the_same(
    engines: Engines, small_models: dict[str, Path], coding: str, cpu: str
) -> None:
    command = getattr(engines, cpu)
    for number in range(STORIES):
        here = story(engines.here, small_models[coding], number, 80)
        assert story(command, small_models[coding], number, 80) == here, f"story {number}"


def test_runs_without_vectors(engines: Engines, small_models: dict[str, Path]) -> None:
    here = story(engines.here, small_models["int8"], 1, 60)
    assert story(engines.plain, small_models["int8"], 1, 60) == here


def test_kernels_are_the_vector_ones(engines: Engines, small_models: dict[str, Path]) -> None:
    kernels = ("duo", "c906"), ("rvv", "rvv"), ("rvv256", "rvv256"), ("plain", "scalar")
    for cpu, kernel in kernels:
        story(getattr(engines, cpu), small_models["int8"], 0, 4, "--kernel", kernel)


@pytest.mark.parametrize("cpu, kernel", [("plain", "c906"), ("plain", "rvv256"), ("rvv256", "rvv")])
def test_a_kernel_that_may_not_run_says_so(
    engines: Engines, small_models: dict[str, Path], cpu: str, kernel: str
) -> None:
    command = [*getattr(engines, cpu), small_models["int8"], "--kernel", kernel]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 8
    assert run.stderr == (
        f'storyteller: this machine cannot run the kernel "{kernel}"; '
        "the program has: c906 rvv rvv256 scalar\n"
    )


@pytest.mark.parametrize("coding", CODINGS)
def test_trained_small_model_tells_the_same(
    engines: Engines, shared: Path, coding: str, tmp_path: Path
) -> None:
    models = shared / "models"
    model = pack(engines, models / "stories260K.bin", models / "tok512.bin", coding, tmp_path)
    for number in range(STORIES):
        assert story(engines.duo, model, number, 256) == story(engines.here, model, number, 256)


@pytest.mark.skipif(not FULL, reason="the full form: make test-duo DUO_STORIES=50, about an hour")
@pytest.mark.parametrize("coding", ["int8", "int4"])
def test_the_full_shape_tells_the_same(
    engines: Engines, shared: Path, coding: str, tmp_path: Path
) -> None:
    models = shared / "models"
    model = pack(engines, models / "storylike15M.bin", models / "tokenizer.bin", coding, tmp_path)
    for number in range(STORIES):
        assert story(engines.duo, model, number, 40) == story(engines.here, model, number, 40)
