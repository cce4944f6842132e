"""The probe of the engine takes the way in which stories are written."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storybot.config.schema import TellingSettings
from storybot.errors import Exit, StorybotError
from storybot.system.engine_program import CHECKOUT_ENGINE
from storybot.telling.engine import Engine
from storybot.telling.engine_probe import probe
from tests.telling.test_drafts import MODEL, PROGRAM, needs_engine


def engine(program: Path, model: Path) -> Engine:
    return Engine(TellingSettings(first_deadline=20.0), program, model)


@needs_engine
@pytest.mark.parametrize("planned", [True, False])
def test_an_engine_that_works(planned: bool) -> None:
    asyncio.run(probe(engine(CHECKOUT_ENGINE, MODEL), planned, 8))


@pytest.mark.parametrize("manner", ["refuses", "crash", "raves", "ends"])
def test_one_that_writes_no_drafts(manner: str) -> None:
    with pytest.raises(StorybotError) as caught:
        asyncio.run(probe(engine(PROGRAM, Path("/models") / manner), True, 8))
    assert caught.value.code is Exit.ENGINE


def test_an_older_engine_that_knows_no_drafts(tmp_path: Path) -> None:
    program = tmp_path / "storyteller"
    program.write_text("#!/bin/sh\nprintf 'Once there was a cat.'\n")
    program.chmod(0o755)
    asyncio.run(probe(engine(program, tmp_path / "model"), False, 8))
    with pytest.raises(StorybotError):
        asyncio.run(probe(engine(program, tmp_path / "model"), True, 8))
