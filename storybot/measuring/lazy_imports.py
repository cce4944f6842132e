"""What each import that the small profile puts off would take: `make memory` prints the table.

Each figure is the difference between two fresh processes: one that puts off all that the small
profile does, and one that puts off all but these modules.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

from storybot.hearing import small_recogniser_process
from storybot.system import lean_imports

RUNS = 5  # per figure; the median counts
TOGETHER = {  # modules that gain little alone
    "traceback": "traceback linecache",  # either of them loads `tokenize`
    "shutil": "shutil locale asyncio.sslproto",
}
LATER = {name for group in TOGETHER.values() for name in group.split()[1:]}
# argv: the modules that are not put off; "ssl" stands for the `ssl = None` of the daemon.
START = """
import sys
from storybot.system import lean_imports
from {place} import {table} as table
lean_imports.begin({{name: row for name, row in table.items() if name not in sys.argv}})
{before}
import {what}
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS")))
"""
DAEMON = START.format(
    place="storybot.system.lean_imports",
    table="LAZY_MODULES",
    before='if "ssl" not in sys.argv: sys.modules["ssl"] = None',
    what="storybot.daemon.process, storybot.speaking.outputs.alsa, storybot.speaking.voices.espeak",
)
RECOGNISER = START.format(
    place="storybot.hearing.small_recogniser_process",
    table="LAZY_MODULES",
    before="",
    what="storybot.hearing.recogniser_process, storybot.hearing.microphones.alsa, "
    "storybot.hearing.recognisers.pocketsphinx.recogniser",
)


def memory_kb(code: str, *without: str) -> float:
    """Resident memory after the imports, in kB, with these modules loaded as usual."""
    command = [sys.executable, "-OO", "-c", code, *without]
    runs = [subprocess.run(command, check=True, capture_output=True) for _ in range(RUNS)]
    return statistics.median(int(run.stdout) for run in runs)


def gains_mb(code: str, names: list[str]) -> dict[str, float]:
    """MB saved by each, or by those that belong together."""
    least = memory_kb(code)
    groups = [TOGETHER.get(name, name) for name in names if name not in LATER]
    return {group: (memory_kb(code, *group.split()) - least) / 1024 for group in groups}


def table() -> str:
    """Rows in MB."""
    daemon = gains_mb(DAEMON, [*lean_imports.LAZY_MODULES, "ssl"])
    recogniser = gains_mb(RECOGNISER, [*small_recogniser_process.LAZY_MODULES])
    lines = [f"{'not imported':20} {'daemon':>8} {'recogniser':>11}"]
    for name in dict.fromkeys((*daemon, *recogniser)):
        cells = [f"{gains[name]:.2f}" if name in gains else "" for gains in (daemon, recogniser)]
        lines.append(f"{name:20} {cells[0]:>8} {cells[1]:>11}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
