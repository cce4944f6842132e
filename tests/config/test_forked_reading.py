"""Settings that a forked process reads, each time in a process such as `storybot run`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storybot.config import forked_reading
from storybot.config.schema import Settings
from storybot.errors import Exit

READ = """
import os, sys
from pathlib import Path
from storybot.config import forked_reading
{before}
settings = forked_reading.load_settings(Path(sys.argv[1]))
print(settings.speaking.volume, settings.hearing.microphone, "yaml" in sys.modules)
"""
# As the child has it, instead of the function that reads.
BROKEN = """
def broken(explicit):
    {does}
forked_reading._read = broken
"""


def read(path: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "utf8", "-c", READ.format(before=before), str(path)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)


def test_what_the_child_read(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text('speaking: {volume: 41}\nhearing: {microphone: "Røde"}\n', "utf-8")
    assert read(path).stdout == "41 Røde False\n"


def test_its_error_is_raised_here(tmp_path: Path) -> None:
    path = tmp_path / "bød.yaml"
    path.write_text("speaking: {volume: loud}\n")
    command = [sys.executable, "-X", "utf8", "-m", "storybot", "run", "--config", str(path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == Exit.CONFIG and done.stdout == ""
    assert done.stderr.startswith(f"storybot: {path}:1: speaking.volume: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("does", "shown"), [("1 / 0", "ZeroDivisionError"), ("os.kill(os.getpid(), 9)", "")]
)
def test_a_child_that_breaks(tmp_path: Path, does: str, shown: str) -> None:
    done = read(tmp_path / "c.yaml", BROKEN.format(does=does))
    assert done.stdout == "" and shown in done.stderr
    assert "StorybotError: the settings cannot be read" in done.stderr


NO_PROCESS_LEFT = """
def refused():
    raise BlockingIOError
os.fork = refused
"""
NO_CHILD_IS_KEPT = """
import signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
"""


@pytest.mark.parametrize("before", [NO_PROCESS_LEFT, NO_CHILD_IS_KEPT])
def test_without_a_child_it_reads_them_itself(tmp_path: Path, before: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("speaking: {volume: 41}\n")
    assert read(path, before).stdout == "41  True\n"


@pytest.mark.parametrize("stopped_by", ["KeyboardInterrupt", "BrokenPipeError"])
def test_an_interrupted_child_says_nothing(tmp_path: Path, stopped_by: str) -> None:
    done = read(tmp_path / "c.yaml", BROKEN.format(does=f"raise {stopped_by}"))
    assert stopped_by not in done.stderr


def test_as_shipped_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked_reading, "is_as_shipped", lambda: True)
    monkeypatch.delattr("os.fork")
    assert forked_reading.load_settings(None) == Settings()
