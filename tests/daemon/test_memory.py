"""The memory table: sums, names, and pages that several processes share."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from storybot.measuring.memory import Process, family, measure, process, table, together

SMAPS = """\
00400000-00500000 r-xp 00000000 fe:00 77 /usr/bin/python3
Size: 1024 kB
Rss: 900 kB
Pss: 450 kB
Shared_Clean: 900 kB
Private_Clean: 0 kB
Private_Dirty: 0 kB
00600000-00700000 rw-p 00000000 00:00 0 [heap]
Rss: 500 kB
Pss: 500 kB
Private_Dirty: 500 kB
VmFlags: rd wr
"""


def fake(proc: Path, pid: int, words: str) -> None:
    folder = proc / str(pid)
    (folder / "task" / str(pid)).mkdir(parents=True)
    (folder / "smaps").write_text(SMAPS)
    (folder / "cmdline").write_bytes(words.replace(" ", "\0").encode() + b"\0")
    (folder / "task" / str(pid) / "children").write_text("")


def test_sums(tmp_path: Path) -> None:
    fake(tmp_path, 5, "/usr/bin/python3 -m storybot.hearing.ear {}")
    fake(tmp_path, 6, "/opt/bin/storyteller model")
    (tmp_path / "5" / "task" / "5" / "children").write_text("6 7")
    assert family(5, tmp_path) == [5, 6, 7]
    found = [one for pid in (5, 6, 7) if (one := process(pid, tmp_path))]
    assert [one.name for one in found] == ["storybot.hearing.ear", "storyteller"]
    first = found[0]
    assert (first.rss, first.pss, first.private) == (1400, 950, 500)
    # Each has its heap; the program's pages count once.
    assert together(found) == 500 + 500 + 900
    assert "in all (PSS)" in table(found)


def test_a_real_process() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        ours = measure(os.getpid())
        assert child.pid in [one.pid for one in ours]
        assert all(0 <= one.private <= one.pss <= one.rss for one in ours)
        assert max(one.rss for one in ours) <= together(ours) <= sum(one.rss for one in ours)
    finally:
        child.communicate(b"\n")


def test_no_process(tmp_path: Path) -> None:
    assert process(1, tmp_path) is None
    assert Process(1, "x", 1, 1, 1, {}).name == "x"
