"""The memory table: sums, names, and pages that several processes share."""

from __future__ import annotations

import os
import subprocess
import sys
from array import array
from pathlib import Path

from storybot.measuring.memory import (
    OF_FILE,
    PAGE,
    PRESENT,
    Process,
    c_library,
    family,
    measure,
    process,
    shares,
    table,
)

KB = PAGE // 1024  # of a page
SMAPS = f"""\
00400000-00500000 r-xp 00002000 fe:00 77 /usr/bin/python3
Size: 1024 kB
Rss: {3 * KB} kB
Pss: {2 * KB} kB
Shared_Clean: {2 * KB} kB
Private_Dirty: {KB} kB
00600000-00700000 rw-p 00000000 00:00 0 [heap]
Rss: 500 kB
Pss: 500 kB
Private_Dirty: 500 kB
VmFlags: rd wr
"""


def fake(proc: Path, pid: int, words: str, first_page: int) -> None:
    """A process with two pages of python3 from this one on, one page changed, and 500 kB."""
    folder = proc / str(pid)
    (folder / "task" / str(pid)).mkdir(parents=True)
    (folder / "smaps").write_text(SMAPS)
    (folder / "cmdline").write_bytes(words.replace(" ", "\0").encode() + b"\0")
    (folder / "task" / str(pid) / "children").write_text("")
    entries = array("Q", bytes(8 * 256))
    for page in (first_page, first_page + 1):
        entries[page] = PRESENT | OF_FILE
    entries[200] = PRESENT
    with (folder / "pagemap").open("wb") as file:
        file.seek(0x400000 // PAGE * 8)
        file.write(entries.tobytes())


def test_sums(tmp_path: Path) -> None:
    fake(tmp_path, 5, "/usr/bin/python3 -m storybot.hearing.recogniser_process {}", 0)
    fake(tmp_path, 6, "/opt/bin/storyteller model", 1)
    (tmp_path / "5" / "task" / "5" / "children").write_text("6 7")
    assert family(5, tmp_path) == [5, 6, 7]
    found = [one for pid in (5, 6, 7) if (one := process(pid, tmp_path))]
    assert [one.name for one in found] == ["storybot.hearing.recogniser_process", "storyteller"]
    first = found[0]
    assert (first.rss, first.pss, first.own) == (500 + 3 * KB, 500 + 2 * KB, 500 + KB)
    # Each has its heap, a changed page, a page of its own and half of the page both have.
    assert shares(found) == [500 + 2.5 * KB, 500 + 2.5 * KB]
    assert f"{(1000 + 5 * KB) / 1024:6.1f}" in table(found).splitlines()[-2]
    assert c_library(found) == 0
    libc = Process(7, "x", 8, 8, frozenset({("/lib/libc.so.6", 1), ("/lib/libcrypt.so.1", 1)}))
    assert c_library([libc, libc]) == KB


def test_a_real_process() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        ours = measure(os.getpid())
        assert child.pid in [one.pid for one in ours]
        for one, share in zip(ours, shares(ours), strict=True):
            assert 0 < one.own < share <= one.rss and one.pss <= one.rss
    finally:
        child.communicate(b"\n")


def test_no_process(tmp_path: Path) -> None:
    assert process(1, tmp_path) is None
    assert shares([]) == [] and shares([Process(1, "x", 8, 8, frozenset())]) == [8.0]
