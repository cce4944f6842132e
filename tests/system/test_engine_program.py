"""Where the engine is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from storybot.errors import Exit, StorybotError
from storybot.system import engine_program


def make_program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path / "scripts"))
    monkeypatch.setattr(engine_program, "CHECKOUT_ENGINE", tmp_path / "build" / "storyteller")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path


def test_the_setting_wins(nowhere: Path) -> None:
    make_program(nowhere / "scripts" / "storyteller")
    mine = make_program(nowhere / "mine")
    assert engine_program.find_engine(str(mine)) == mine


def test_a_setting_that_is_no_program(nowhere: Path) -> None:
    (nowhere / "text").write_text("no program")
    for wrong in (nowhere / "text", nowhere / "none", nowhere):
        with pytest.raises(StorybotError, match=r"correct telling\.engine") as caught:
            engine_program.find_engine(str(wrong))
        assert caught.value.code == Exit.ENGINE


@pytest.mark.parametrize("folder", ["path", "build", "scripts"])
def test_installed_then_built_then_path(nowhere: Path, folder: str) -> None:
    order = ["path", "build", "scripts"]
    for each in order[: order.index(folder) + 1]:
        make_program(nowhere / each / "storyteller")
    assert engine_program.find_engine("") == nowhere / folder / "storyteller"


def test_none_at_all(nowhere: Path) -> None:
    with pytest.raises(StorybotError, match="not installed") as caught:
        engine_program.find_engine("")
    assert caught.value.code == Exit.ENGINE
