"""Downloads: resumed, verified, and never half a file under the final name."""

import hashlib
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from storybot.errors import StorybotError
from storybot.models.catalogue import Download
from storybot.models.downloads import fetch
from tests.fakes.http_files import FileServer, serving

BODY = bytes(range(256)) * 2000
SHA = hashlib.sha256(BODY).hexdigest()


def wanted(server: FileServer, size: int = len(BODY), sha: str = SHA) -> Download:
    return Download(server.url, "model.bin", size, sha)


def quiet(done: int, total: int) -> None:
    assert 0 <= done <= total


def test_a_good_file_arrives_once(tmp_path: Path) -> None:
    with serving(FileServer(BODY)) as server:
        path = fetch(wanted(server), tmp_path / "new" / "folder", quiet)
        assert path.read_bytes() == BODY
        fetch(wanted(server), path.parent, quiet)
        assert server.asked == [""], "a file that is there is not fetched again"
        assert [p.name for p in path.parent.iterdir()] == ["model.bin"]


def test_a_dropped_connection_is_resumed(tmp_path: Path) -> None:
    with serving(FileServer(BODY, drop_after=100_000)) as server:
        with pytest.raises(StorybotError, match="goes on where it stopped"):
            fetch(wanted(server), tmp_path, quiet)
        assert not (tmp_path / "model.bin").exists()
        had = (tmp_path / "model.bin.part").stat().st_size
        assert 0 < had < len(BODY)
        server.drop_after = -1
        assert fetch(wanted(server), tmp_path, quiet).read_bytes() == BODY
        assert server.asked[-1] == f"bytes={had}-"


def test_a_server_without_ranges_starts_over(tmp_path: Path) -> None:
    (tmp_path / "model.bin.part").write_bytes(b"x" * 1000)
    with serving(FileServer(BODY, ranges=False)) as server:
        assert fetch(wanted(server), tmp_path, quiet).read_bytes() == BODY


@pytest.mark.parametrize(
    "body",
    [b"y" * len(BODY), BODY + b"more", b"<html>blocked</html>"],
    ids=["bytes", "long", "page"],
)
def test_wrong_bytes_never_get_the_name(tmp_path: Path, body: bytes) -> None:
    with serving(FileServer(body)) as server, pytest.raises(StorybotError):
        fetch(wanted(server), tmp_path, quiet)
    assert not (tmp_path / "model.bin").exists()
    if len(body) >= len(BODY):
        assert not (tmp_path / "model.bin.part").exists()


def test_a_damaged_part_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "model.bin.part").write_bytes(b"x" * 1000)
    with serving(FileServer(BODY)) as server:
        with pytest.raises(StorybotError, match="was deleted"):
            fetch(wanted(server), tmp_path, quiet)
        assert fetch(wanted(server), tmp_path, quiet).read_bytes() == BODY


def test_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1, 1, 1000))
    with serving(FileServer(BODY)) as server, pytest.raises(StorybotError, match="no room"):
        fetch(wanted(server), tmp_path, quiet)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with serving(FileServer(BODY)) as server, pytest.raises(StorybotError, match="cannot store"):
        fetch(wanted(server), tmp_path / "file", quiet)


def test_no_network_and_no_such_page(tmp_path: Path) -> None:
    with serving(FileServer(BODY, status=404)) as server:
        with pytest.raises(StorybotError, match="answered 404"):
            fetch(wanted(server), tmp_path, quiet)
        gone = wanted(server)
    with pytest.raises(StorybotError, match="check the network"):
        fetch(gone, tmp_path, quiet)
