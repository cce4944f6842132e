"""The contest's folder, made from a report of engines that are shell scripts."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.duo.conftest import CHECKOUT
from tests.duo.test_contest import engine, measure

SUBMISSION = CHECKOUT / "native/duo/submission.sh"
FIGURES = CHECKOUT / "docs/duo-engine.md"


def hand_in(folder: Path, *further: str, board: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(SUBMISSION), str(folder / "out"), str(folder / "handed"), *further],
        env={**os.environ, "BOARD": board},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the report of two engines in out/."""
    folder = tmp_path_factory.mktemp("contest")
    done = measure(folder, engine(folder, "fp32", "A cat.") + engine(folder, "int8", "A dog."))
    assert done.returncode == 0, done.stderr
    return folder


def test_modelled_figures_are_marked_so(reported: Path) -> None:
    assert hand_in(reported, str(FIGURES), board="no").returncode == 0
    text = (reported / "handed/README.md").read_text()
    assert "Not measured on a board" in text
    assert "Modelled for the board" in text
    judged = r"\| ours, storylike15M, int8, screened, top-p 0\.9[^|]*\| \d+ \|"
    assert re.search(judged, text)
    assert "- int8: 1.000000, 2.000000, 3.000000, 4.000000, 5.000000" in text
    assert "- int8: 0 of 9 texts are the reference's" in text


def test_on_the_board_figures_are_measured(reported: Path) -> None:
    assert hand_in(reported, str(FIGURES), board="yes").returncode == 0
    text = (reported / "handed/README.md").read_text()
    assert "**Measured on the board.**" in text
    assert "odelled" not in text


def test_the_image_goes_in_with_checksums(reported: Path) -> None:
    image = reported / "image"
    image.mkdir()
    (image / "storybot-duo.img").write_bytes(b"card")
    assert hand_in(reported, str(FIGURES), str(image), board="no").returncode == 0
    sums = (reported / "handed/SHA256SUMS").read_text()
    assert "./image/storybot-duo.img" in sums
    checked = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(checked, cwd=reported / "handed", check=False).returncode == 0


def test_without_a_report_it_says_what_to_do(tmp_path: Path) -> None:
    done = hand_in(tmp_path, board="no")
    assert done.returncode == 1
    assert "run contest.sh first" in done.stderr
