from __future__ import annotations

import os
from pathlib import Path

import pytest

from storybot.errors import StorybotError
from storybot.hearing.kept_files import keep, kept


def test_what_was_kept_is_found_whole(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert kept(cache, "words") is None
    made = keep(cache, "words", b"cat K AE T\n")
    assert made == kept(cache, "words") == cache / "words"
    assert made.read_text().splitlines()[0] == "cat K AE T"
    assert made.read_text().splitlines()[1].startswith(";; ")
    assert [path.name for path in cache.iterdir()] == ["words"]


@pytest.mark.parametrize("left", [b"", b"cat K AE T\n", b"\0" * 40, b"kept"])
def test_what_a_power_cut_left_is_not(tmp_path: Path, left: bytes) -> None:
    keep(tmp_path, "words", b"cat K AE T\n").write_bytes(left)
    assert kept(tmp_path, "words") is None


def test_without_a_cache_the_temporary_folder_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    made = keep(blocked / "cache", "words", b"")
    assert tmp_path in made.parents
    assert kept(blocked / "cache", "words") == made
    monkeypatch.setenv("TMPDIR", str(blocked))
    with pytest.raises(StorybotError, match="set XDG_CACHE_HOME"):
        keep(blocked / "cache", "words", b"")


@pytest.mark.parametrize("how", ["writable", "link"])
def test_a_temporary_folder_that_others_may_have_made_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    (tmp_path / "file").write_text("")
    shared = tmp_path / f"storybot-{os.getuid()}"
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    keep(tmp_path / "file" / "cache", "words", b"")
    if how == "link":
        shared.rename(tmp_path / "elsewhere")
        shared.symlink_to(tmp_path / "elsewhere")
    else:
        shared.chmod(0o777)
    assert kept(tmp_path / "file" / "cache", "words") is None
    with pytest.raises(StorybotError, match="set XDG_CACHE_HOME"):
        keep(tmp_path / "file" / "cache", "others", b"")
    assert [path.name for path in shared.iterdir()] == ["words"]
