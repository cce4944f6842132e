from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from storybot.errors import Exit, StorybotError

pytest.importorskip("pocketsphinx")
from storybot.hearing.reduced import reduced
from storybot.hearing.reducing import make


def test_the_files_are_made_once_and_kept(tmp_path: Path) -> None:
    first = reduced(tmp_path, {"cat", "dog"})
    assert {path.parent for path in (first.dictionary, first.definition)} == {tmp_path}
    *lines, end = first.dictionary.read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["cat", "dog"] and end.startswith(";;")
    assert first.definition.read_bytes().startswith(b"BMDF")
    made = first.definition.stat().st_ino
    assert reduced(tmp_path, {"dog", "cat"}).definition.stat().st_ino == made
    assert reduced(tmp_path, {"cat"}).dictionary != first.dictionary


@pytest.mark.parametrize("which", ["dictionary", "definition"])
def test_one_that_a_power_cut_took_is_made_anew(tmp_path: Path, which: str) -> None:
    first = reduced(tmp_path, {"cat"})
    whole = getattr(first, which).read_bytes()
    getattr(first, which).write_bytes(whole[:-20])
    assert getattr(reduced(tmp_path, {"cat"}), which).read_bytes() == whole


def test_a_plural_that_the_dictionary_lacks_is_made(tmp_path: Path) -> None:
    made = reduced(tmp_path, {"unicorns"} | {"unicorn"}).dictionary.read_text()
    assert "unicorns Y UW N IH K AO R N Z\n" in made


def test_what_the_maker_says_reaches_the_asker(tmp_path: Path) -> None:
    with pytest.raises(StorybotError, match="how to speak: hokuspokus; choose") as fault:
        reduced(tmp_path, {"cat", "hokuspokus"})
    assert fault.value.code is Exit.CONFIG
    assert list(tmp_path.iterdir()) == []


def test_no_place_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("TMPDIR", str(blocked))
    with pytest.raises(StorybotError, match="set XDG_CACHE_HOME"):
        make(blocked / "cache", "cat")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (OSError(12, "Cannot allocate memory"), "cannot be made .Cannot allocate memory"),
        (None, "cannot be made$"),
    ],
)
def test_a_maker_that_cannot_be_started_or_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: OSError | None, sentence: str
) -> None:
    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        if fault is not None:
            raise fault
        return subprocess.CompletedProcess([], -9, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(StorybotError, match=sentence) as met:
        reduced(tmp_path, {"cat"})
    assert met.value.code is Exit.FAULT
