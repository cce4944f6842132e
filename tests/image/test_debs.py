"""image/debs.py with a mirror that is a folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEBS = Path(__file__).parents[2] / "image/debs.py"
PATH = "pool/main/c/cat/cat_1.0_all.deb"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A folder with a mirror of one package, debs.py beside a lock file of it, and no index yet."""
    for tool in ("dpkg-deb", "dpkg-scanpackages"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is not installed (dpkg-dev)")
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    control = "Package: cat\nVersion: 1.0\nArchitecture: all\nMaintainer: a <a@b>\nDescription: c\n"
    (tree / "DEBIAN/control").write_text(control)
    package = tmp_path / "mirror" / PATH
    package.parent.mkdir(parents=True)
    build = ["dpkg-deb", "--root-owner-group", "--build", str(tree), str(package)]
    subprocess.run(build, check=True, capture_output=True)
    shutil.copy(DEBS, tmp_path)
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    (tmp_path / "box.lock").write_text(f"cat 1.0 {digest} {PATH}\n")
    return tmp_path


def fetch(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "debs.py"), "fetch", "box", str(folder / "got")],
        env={**os.environ, "DEBIAN_MIRROR": f"file://{folder}/mirror"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_packages_of_the_lock_are_fetched_once_with_an_index(mirror: Path) -> None:
    (mirror / "got").mkdir()
    (mirror / "got/dog_1.0_all.deb").write_bytes(b"of an earlier lock")
    assert fetch(mirror).returncode == 0
    names = sorted(path.name for path in (mirror / "got").iterdir())
    assert names == ["Packages", "Release", "cat_1.0_all.deb"]
    shutil.rmtree(mirror / "mirror")
    assert fetch(mirror).returncode == 0  # nothing is asked for again


def test_what_the_mirror_no_longer_has_is_said_by_name(mirror: Path) -> None:
    (mirror / "mirror" / PATH).unlink()
    done = fetch(mirror)
    assert done.returncode == 1
    assert "the mirror no longer has: cat 1.0" in done.stderr
    assert "make image-lock" in done.stderr


def test_another_file_of_the_same_name_is_refused(mirror: Path) -> None:
    (mirror / "mirror" / PATH).write_bytes(b"changed")
    done = fetch(mirror)
    assert done.returncode == 1
    assert "cat 1.0 (another checksum)" in done.stderr
    assert not (mirror / "got/cat_1.0_all.deb").exists()
