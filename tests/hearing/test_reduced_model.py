from __future__ import annotations

import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest

from storybot.errors import Exit, StorybotError

pytest.importorskip("pocketsphinx")
from storybot.hearing.recognisers.pocketsphinx import reduced_model
from storybot.hearing.recognisers.pocketsphinx.reduce_model import load, make, reduced_definition
from storybot.hearing.recognisers.pocketsphinx.reduced_model import (
    FILE_FORMAT,
    full_definition,
    names,
    prepare_reduced_model,
)
from storybot.system.python_child import python_command

# A maker whose reduced definitions are spoilt: PocketSphinx ends the process over them.
SPOILT = """
import sys
from storybot.hearing.recognisers.pocketsphinx import reduce_model
make = reduce_model.reduced_definition
reduce_model.reduced_definition = lambda *given: SPOIL(make(*given))
sys.exit(reduce_model.main())
"""
SPOILERS = {
    "magic": "lambda made: b'XXXX' + made[4:]",
    "half": "lambda made: made[:len(made) // 2]",
    "version": "lambda made: made[:4] + bytes([9]) + made[5:]",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No files of earlier runs."""
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("temporary")))


def test_the_files_are_made_once_and_kept(tmp_path: Path) -> None:
    first = prepare_reduced_model(tmp_path, {"cat", "dog"})
    assert {path.parent for path in (first.dictionary, first.definition)} == {tmp_path}
    *lines, end = first.dictionary.read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["cat", "dog", "dog(2)"] and end.startswith(";;")
    assert first.definition.read_bytes().startswith(b"BMDF")
    made = first.definition.stat().st_ino
    assert prepare_reduced_model(tmp_path, {"dog", "cat"}).definition.stat().st_ino == made
    assert prepare_reduced_model(tmp_path, {"cat"}).dictionary != first.dictionary


@pytest.mark.parametrize("which", ["dictionary", "definition"])
def test_one_that_a_power_cut_took_is_made_anew(tmp_path: Path, which: str) -> None:
    first = prepare_reduced_model(tmp_path, {"cat"})
    whole = getattr(first, which).read_bytes()
    getattr(first, which).write_bytes(whole[:-20])
    assert getattr(prepare_reduced_model(tmp_path, {"cat"}), which).read_bytes() == whole


@pytest.mark.parametrize("spoiler", SPOILERS.values(), ids=SPOILERS)
def test_what_cannot_be_loaded_is_found_by_the_maker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoiler: str
) -> None:
    """Then it is the full definition that is kept."""
    (tmp_path / "spoilt.py").write_text(SPOILT.replace("SPOIL(", f"({spoiler})("))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(reduced_model, "MAKER_MODULE", "spoilt")
    cache = tmp_path / "cache"
    done = subprocess.run(python_command("spoilt", str(cache)), input=b"cat dog")
    assert done.returncode and not list(cache.glob("*.mdef"))
    files = prepare_reduced_model(cache, {"cat", "dog"})
    assert files.definition.read_bytes().startswith(full_definition().read_bytes())
    assert set(cache.iterdir()) == {files.dictionary, files.definition}
    load(files, ["cat", "dog"])


def test_files_that_another_maker_made_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = prepare_reduced_model(tmp_path, {"cat"})
    monkeypatch.setattr(reduced_model, "FILE_FORMAT", FILE_FORMAT + 1)
    assert not set(names("cat")) & {first.dictionary.name, first.definition.name}


def test_the_format_is_of_what_is_made() -> None:
    """Where this fails FILE_FORMAT is to be raised: boxes keep what an earlier version made."""
    full = full_definition().read_bytes()
    if zlib.crc32(full) != 0x06D84687:
        pytest.skip("another model is installed")
    made = reduced_definition(full, {"cat": ["K AE T"], "a": ["AH", "EY"]})
    assert (FILE_FORMAT, zlib.crc32(made)) == (3, 0xED1AA009)


def test_files_of_earlier_words_go(tmp_path: Path) -> None:
    prepare_reduced_model(tmp_path, {"cat"})
    left = prepare_reduced_model(tmp_path, {"dog"})
    assert set(tmp_path.iterdir()) == {left.dictionary, left.definition}


def test_a_plural_that_the_dictionary_lacks_is_made(tmp_path: Path) -> None:
    made = prepare_reduced_model(tmp_path, {"unicorns"} | {"unicorn"}).dictionary.read_text()
    assert "unicorns Y UW N IH K AO R N Z\n" in made


def test_what_the_maker_says_reaches_the_asker(tmp_path: Path) -> None:
    with pytest.raises(StorybotError, match="how to speak: кот; choose") as fault:
        prepare_reduced_model(tmp_path, {"cat", "кот"})
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
        prepare_reduced_model(tmp_path, {"cat"})
    assert met.value.code is Exit.FAULT
