"""The image's trial: its log in docs is of the image that is built now, and what a log keeps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOG = ROOT / "docs/duo-trial.txt"
TRIAL = ROOT / "image/trial"


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the trial's folder, whose modules are found there."""
    command = [sys.executable, "-B", "-c", program, *arguments]
    return subprocess.run(command, cwd=TRIAL, capture_output=True, text=True, check=False)


def passed(log: Path, card: str, part: str, line: str) -> None:
    program = "import sys, pathlib, trial_log as t; path, card, part, line = sys.argv[1:]; "
    program += "t.TrialLog(pathlib.Path(path), card).passed(part, [line])"
    done = python(program, str(log), card, part, line)
    assert done.returncode == 0, done.stderr


def compared(log: Path) -> subprocess.CompletedProcess[str]:
    return python("import sys, trial_log; sys.exit(trial_log.main())", str(log))


def test_the_log_in_docs_is_of_this_image() -> None:
    if not LOG.exists():
        pytest.skip("no trial of the image is logged in docs (make image-test LONG=1)")
    done = compared(LOG)
    assert done.returncode == 0, done.stderr


def test_a_log_keeps_parts_of_one_image_and_drops_those_of_another(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    passed(log, "a" * 64, "console", "told")
    passed(log, "a" * 64, "voice", "heard")
    passed(log, "a" * 64, "console", "told again")
    text = log.read_text()
    assert text.index("== console\ntold again") < text.index("== voice\nheard")
    assert compared(log).returncode == 0
    passed(log, "b" * 64, "button", "pressed")
    assert "voice" not in log.read_text()


def test_a_log_of_another_folder_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    passed(log, "a" * 64, "console", "told")
    log.write_text(log.read_text().replace("inputs ", "inputs 0", 1))
    done = compared(log)
    assert done.returncode == 1
    assert "image/ has changed since" in done.stderr
