"""The small profile's code is compiled once, whole or not at all, and never written again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storybot.system import bytecode_cache
from tests.fakes.uncovered import uncovered

ROOT = Path(__file__).parents[2]
BARE = {"MALLOC_ARENA_MAX"}
LIVES = (
    "import storybot.daemon.process, storybot.hearing.recogniser_process, "
    "storybot.controls.serial_board"
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    assert set(bytecode_cache.environment(folder)) > BARE
    return folder


def code(cache: Path) -> Path:
    (folder,) = cache.iterdir()
    return folder


def test_all_that_is_imported_was_compiled(cache: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-v", "-c", LIVES],
        env={**uncovered(), **bytecode_cache.environment(cache)},
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    )
    came = [line for line in done.stderr.splitlines() if "# code object from" in line]
    assert came and not [line for line in came if ".pyc" not in line and "__editable__" not in line]


def test_it_is_made_once_and_for_one_version(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = code(cache).stat().st_mtime_ns, code(cache)
    (cache / "code-0").mkdir()
    monkeypatch.setattr(subprocess, "run", None)
    bytecode_cache.environment(cache)
    assert before == (before[1].stat().st_mtime_ns, before[1])
    monkeypatch.undo()
    monkeypatch.setattr(bytecode_cache, "_version", lambda: 1)
    bytecode_cache.environment(cache)
    assert code(cache).name == "code-00000001"  # and the others are gone


def test_a_disk_that_is_full_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python says nothing of a file that it could not write to its end."""

    def cut(command: list[str], env: dict[str, str], **options: object) -> None:
        (Path(env["PYTHONPYCACHEPREFIX"]) / "cut.pyc").write_bytes(bytes(16) + b"\xe3\0\0")

    monkeypatch.setattr(subprocess, "run", cut)
    assert set(bytecode_cache.environment(tmp_path)) == BARE
    assert not list(tmp_path.iterdir())


def test_a_whole_folder_may_be_read_only(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bytecode_cache, "_version", lambda: 1)
    monkeypatch.setattr(subprocess, "run", None)
    (cache / "code-00000001").mkdir(exist_ok=True)
    cache.chmod(0o500)
    try:
        assert bytecode_cache.environment(cache)["PYTHONPYCACHEPREFIX"].endswith("code-00000001")
    finally:
        cache.chmod(0o700)


def test_no_place_for_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert set(bytecode_cache.environment(tmp_path / "file" / "cache")) == BARE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert set(bytecode_cache.environment(tmp_path)) == BARE
