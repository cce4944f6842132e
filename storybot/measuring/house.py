"""The figures of the code's structure: `make house` prints them for this checkout and for others.

python -m storybot.measuring.house [CHECKOUT...]

Of each checkout: files and the longest one by folder, the modules to open to follow a pressed
button to a sound, and what importing each profile's daemon takes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RUNS = 9  # per figure; the median counts
HERE = Path(__file__).parents[2]

# In the order in which a newcomer opens them, with the serial button and PortAudio.
PATH = (
    "controls/serial_board", "controls/buttons/serial", "controls/buttons/gestures",
    "daemon/button_service", "robot/events", "robot/__init__", "robot/requests",
    "robot/transitions", "robot/commands", "daemon/daemon", "daemon/narrator_service",
    "telling/story_pipeline", "telling/engine", "telling/story_sentences",
    "language/sentence_splitting", "daemon/speaker_service", "speaking/speaker",
    "speaking/synthesizer", "speaking/voices/espeak", "speaking/outputs/queued_player",
    "speaking/outputs/portaudio",
)  # fmt: skip
# The same in the folders of version 0.1.0 (commit e6b065f).
PATH_0_1 = (
    "controls/serial_board", "controls/button", "controls/gestures", "running/button_room",
    "robot/events", "robot/__init__", "robot/wishes", "robot/moves", "robot/commands", "daemon",
    "running/rooms", "running/story_room", "telling/story", "telling/engine", "telling/sentences",
    "running/voice_room", "speaking/speaker", "speaking/mouth", "speaking/espeak_voice",
    "speaking/queued_player", "speaking/portaudio_out",
)  # fmt: skip

# The finder of an editable install, an instance, would find its own checkout's modules.
ONLY_THIS = """
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if isinstance(finder, type)]
"""
COST = """
import resource
each = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
line = next(line for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(sum(used.ru_utime + used.ru_stime for used in each), line.split()[1])
"""
# What `storybot run` imports before it listens.
FULL = """
import os
from storybot.cli import command_line, main, run
if os.fork() == 0:  # it reads the settings and ends
    import storybot.config.load
    os._exit(0)
os.wait()
import storybot.daemon.process
import storybot.speaking.outputs.portaudio, storybot.speaking.voices.espeak
"""
SMALL = """
import sys
from storybot.system import lean_imports
lean_imports.begin(lean_imports.LAZY_MODULES)
sys.modules.setdefault("ssl", None)
import storybot.daemon.process
import storybot.speaking.outputs.alsa, storybot.speaking.voices.espeak
"""
FULL_0_1 = """
from storybot.cli import command_line, main, run
import storybot.running.foreground
import storybot.speaking.portaudio_out, storybot.speaking.espeak_voice
"""
SMALL_0_1 = """
from storybot import lean
import storybot.running.foreground, storybot.daemon
import storybot.speaking.alsa_out, storybot.speaking.espeak_voice
"""


@dataclass(frozen=True)
class Folder:
    """What lies in one folder, its subfolders aside."""

    name: str
    files: int
    longest: str  # a file's name
    lines: int  # of it


def folders(checkout: Path) -> Iterator[Folder]:
    """Every folder with sources, the package's first."""
    for top, endings in (("storybot", (".py",)), ("native/src", (".c", ".h"))):
        places = [checkout / top, *sorted(p for p in (checkout / top).rglob("*") if p.is_dir())]
        for place in places:
            sources = [p for p in place.iterdir() if p.suffix in endings]
            if sources:
                lines, longest = max((len(p.read_text("utf-8").splitlines()), p) for p in sources)
                name = str(place.relative_to(checkout))
                yield Folder(name, len(sources), longest.name, lines)


def is_0_1(checkout: Path) -> bool:
    """Whether the folders are those of version 0.1.0."""
    return (checkout / "storybot" / "running").is_dir()


def profiles(checkout: Path) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Of each profile its name, what it imports, and the options of Python that it runs with."""
    old = is_0_1(checkout)
    return (
        ("full", FULL_0_1 if old else FULL, ()),
        ("small", SMALL_0_1 if old else SMALL, ("-OO", "-X", "no_debug_ranges")),
    )


def cost(checkout: Path, code: str, options: Sequence[str], compiled: str) -> tuple[float, float]:
    """Processor seconds and resident MB of a Python that has run `code` with this checkout.

    The seconds are those of its children, too.
    `compiled`: the folder for compiled code. Compiling would take more than what is measured.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(checkout),
        "PYTHONPYCACHEPREFIX": compiled,
        "PYTHONDONTWRITEBYTECODE": "",
    }
    command = [sys.executable, "-P", *options, "-c", ONLY_THIS + code + COST]
    ran = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    used, resident = ran.stdout.split()
    return float(used), int(resident) / 1024


def costs(checkouts: Sequence[Path]) -> dict[tuple[Path, str], tuple[float, float]]:
    """The medians for each checkout and profile, all measured in turns: other work is shared."""
    found: dict[tuple[Path, str], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as compiled:
        for _ in range(RUNS + 1):
            for checkout in checkouts:
                for name, code, options in profiles(checkout):
                    one = cost(checkout, code, options, compiled)
                    found.setdefault((checkout, name), []).append(one)
    return {
        key: (statistics.median(s for s, _ in each[1:]), statistics.median(m for _, m in each[1:]))
        for key, each in found.items()  # the first run of each compiled the modules
    }


def report(
    checkout: Path, measured: Mapping[tuple[Path, str], tuple[float, float]]
) -> Iterator[str]:
    """The lines printed of one checkout."""
    yield f"{'folder':32} {'files':>5}  longest (lines)"
    for one in folders(checkout):
        yield f"{one.name:32} {one.files:5}  {one.longest} ({one.lines})"
    path = PATH_0_1 if is_0_1(checkout) else PATH
    modules = [checkout / "storybot" / f"{name}.py" for name in path]
    lines = sum(len(module.read_text("utf-8").splitlines()) for module in modules)
    yield f"button pressed -> sound: {len(path)} modules, {lines} lines: {', '.join(path)}"
    for profile in ("full", "small"):
        seconds, megabytes = measured[checkout, profile]
        yield f"imports, {profile} profile: {seconds:.3f} s of processor time, {megabytes:.1f} MB"


def main() -> int:
    """Print the figures of each checkout named, or of this one."""
    checkouts = [Path(name).resolve() for name in sys.argv[1:] or [str(HERE)]]
    measured = costs(checkouts)
    for checkout in checkouts:
        print(f"== {'this checkout' if checkout == HERE else checkout.name}")
        for line in report(checkout, measured):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
