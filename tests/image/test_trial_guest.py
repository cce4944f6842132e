"""The trial's questions to the guest, asked of a shell on this machine in place of the guest's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TRIAL = Path(__file__).parents[2] / "image/trial"
# A guest whose commands run here, /run in a folder of the test's; what is asked last is printed.
HERE = """
import json, subprocess, sys
import box, machine, memory
class Here(machine.Guest):
    def __init__(self): pass
    def run(self, command, timeout=60.0):
        command = command.replace("/run/", sys.argv[1] + "/").replace("sleep 2", "sleep 0.1")
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
        return done.stdout
guest = Here()
"""


def asked(folder: Path, program: str) -> Any:
    """What the program prints as JSON."""
    command = [sys.executable, "-B", "-c", HERE + program, str(folder)]
    done = subprocess.run(command, cwd=TRIAL, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_memory_is_read_by_the_shell(tmp_path: Path) -> None:
    now, table = asked(
        tmp_path,
        "print(json.dumps([memory.now(guest).__dict__, memory.table(guest, 'here')]))",
    )
    assert 0 < now["available"] < now["total"]
    assert now["swapped"] >= 0
    assert " available, " in table
    assert "python" in table  # this test's own


def test_the_least_memory_is_of_the_time_since_it_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "least").write_text("1024\n")
    assert asked(tmp_path, "print(json.dumps(memory.least(guest)))") == 1.0
    assert (tmp_path / "least").read_text() == "999999\n"


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("one\n  two\nthree")
    assert asked(tmp_path, "print(json.dumps(guest.read(sys.argv[1] + '/text')))").split() == [
        "one",
        "two",
        "three",
    ]


def test_conditions_end_a_wait(tmp_path: Path) -> None:
    runs, nothing = asked(
        tmp_path,
        "box.LONGEST_S = 1\n"
        "print(json.dumps([box.until(guest, box.running(name), 1) for name in ('sh', 'nobody')]))",
    )
    assert runs
    assert not nothing


def test_a_story_that_was_being_saved_is_none(tmp_path: Path) -> None:
    for name in ("000007.json", "000008.json.unfinished"):
        (tmp_path / name).touch()
    program = "box.STORIES = sys.argv[1]; print(json.dumps(box.newest_number(guest)))"
    assert asked(tmp_path, program) == 7
