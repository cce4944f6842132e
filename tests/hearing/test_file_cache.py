from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from storybot.errors import StorybotError
from storybot.hearing.recognisers.pocketsphinx import file_cache
from storybot.hearing.recognisers.pocketsphinx.file_cache import (
    cached_file,
    remove_other_files,
    store_files,
)


@pytest.fixture(autouse=True)
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are kept without a cache."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path / f"storybot-{os.getuid()}"


def keep_words(cache: Path, content: bytes = b"", attempt: Callable[[Path], object] = id) -> None:
    store_files(cache, {"words": content}, attempt)


def test_what_was_kept_is_found_whole(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert cached_file(cache, "words") is None
    keep_words(cache, b"cat K AE T\n")
    made = cached_file(cache, "words")
    assert made == cache / "words"
    assert made.read_text().splitlines()[0] == "cat K AE T"
    assert made.read_text().splitlines()[1].startswith(";; ")
    assert [path.name for path in cache.iterdir()] == ["words"]


@pytest.mark.parametrize("left", [b"", b"cat K AE T\n", b"\0" * 40, b"kept"])
def test_what_a_power_cut_left_is_not(tmp_path: Path, left: bytes) -> None:
    keep_words(tmp_path, b"cat K AE T\n")
    (tmp_path / "words").write_bytes(left)
    assert cached_file(tmp_path, "words") is None


def test_what_cannot_be_used_is_not_kept(tmp_path: Path) -> None:
    def attempt(half: Path) -> None:
        assert half.read_bytes().startswith(b"cat") and cached_file(tmp_path, "words") is None
        raise RuntimeError

    with pytest.raises(RuntimeError):
        keep_words(tmp_path, b"cat K AE T\n", attempt)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_left_as_it_was(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_written(path: Path, content: bytes) -> None:
        path.write_bytes(content[:1])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(file_cache, "_write", half_written)
    with pytest.raises(StorybotError, match="cannot write the recogniser's words"):
        keep_words(tmp_path / "cache", b"cat K AE T\n")
    assert list((tmp_path / "cache").iterdir()) == list(shared.iterdir()) == []


def test_what_is_of_no_use_any_more_goes(tmp_path: Path, shared: Path) -> None:
    shared.mkdir(mode=0o700)
    for folder in (tmp_path, shared):
        for name in ("words-1.dict", "words-1.mdef", "words-2.mdef", "words-1.mdef.77", "story"):
            (folder / name).write_text("")
    remove_other_files(tmp_path, "words", "words-1")
    for folder in (tmp_path, shared):
        left = {path.name for path in folder.iterdir() if path.is_file()}
        assert left == {"words-1.dict", "words-1.mdef", "story"}


def test_without_a_cache_the_temporary_folder_serves(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    keep_words(blocked / "cache")
    assert cached_file(blocked / "cache", "words") == shared / "words"
    monkeypatch.setenv("TMPDIR", str(blocked))
    with pytest.raises(StorybotError, match="set XDG_CACHE_HOME"):
        keep_words(blocked / "cache")


@pytest.mark.parametrize("how", ["writable", "link"])
def test_a_temporary_folder_that_others_may_have_made_is_not_used(
    tmp_path: Path, shared: Path, how: str
) -> None:
    (tmp_path / "file").write_text("")
    keep_words(tmp_path / "file" / "cache")
    if how == "link":
        shared.rename(tmp_path / "elsewhere")
        shared.symlink_to(tmp_path / "elsewhere")
    else:
        shared.chmod(0o777)
    assert cached_file(tmp_path / "file" / "cache", "words") is None
    with pytest.raises(StorybotError, match="set XDG_CACHE_HOME"):
        store_files(tmp_path / "file" / "cache", {"others": b""}, id)
    assert [path.name for path in shared.iterdir()] == ["words"]
