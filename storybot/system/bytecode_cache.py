"""Compiled code for the small profile, made once by `python -m storybot.system.bytecode_cache`.

A Python process that compiles keeps 5 MB more; and Python trusts the .pyc files it finds, even
if a full disk or a power cut has truncated them. So another process compiles what the small
profile may import, into a folder that gets its name when it is complete and never changes then.
"""

from __future__ import annotations

import compileall
import contextlib
import importlib
import marshal
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

from storybot.system.python_child import python_command

PACKAGE = Path(__file__).parents[1]
COMPILE_TIMEOUT_S = 240.0  # s; two here, half a minute or more on a small board
PYC_HEADER_BYTES = 16  # bytes of a .pyc before the code (PEP 552)
PYTHON_OPTIONS = {
    "PYTHONOPTIMIZE": "2",
    "PYTHONNODEBUGRANGES": "1",
}  # no docstrings, no column numbers
# All other code is imported by these, or not used in the small profile.
NEEDED_MODULES = (
    "storybot.daemon.process",
    "storybot.daemon.small_process",
    "storybot.config.handover",
    "storybot.config.load",
    "storybot.hearing.recogniser_process",
    "storybot.hearing.small_recogniser_process",
    "storybot.hearing.microphones.alsa",
    "storybot.hearing.recognisers.pocketsphinx.recogniser",
    "storybot.hearing.recognisers.pocketsphinx.reduce_model",
    "storybot.speaking.outputs.alsa",
    "storybot.speaking.voices.espeak",
    "evdev",
    "gpiod",
    "serial",
    "serial.tools.list_ports",
    "systemd.journal",
)


def environment(cache: Path) -> dict[str, str]:
    """What the small profile adds to the environment; makes the code in `cache` if missing.

    Where that fails, Python uses the code as it was installed, which takes 3 to 5 MB more in each
    process.
    """
    added = {"MALLOC_ARENA_MAX": "1"}  # one heap for all threads
    folder = cache / f"code-{_version():08x}"
    if folder.is_dir() or _make(folder):
        added |= {
            **PYTHON_OPTIONS,
            "PYTHONPYCACHEPREFIX": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
    return added


def _version() -> int:
    """A checksum over this Python and every file of storybot."""
    files = [(str(path), path.stat()) for path in sorted(PACKAGE.rglob("*.py"))]
    key = [sys.version, *(f"{path} {state.st_size} {state.st_mtime_ns}" for path, state in files)]
    return zlib.crc32("\n".join(key).encode())


def _make(folder: Path) -> bool:
    """Make the folder; whether it is there and complete, also if another process made it."""
    half = folder.with_name(f"half-{folder.name}.{os.getpid()}")
    how = {
        **os.environ,
        **PYTHON_OPTIONS,
        "PYTHONPYCACHEPREFIX": str(half),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    try:
        half.mkdir(mode=0o700, parents=True)
        program = python_command(__name__, environment=how)
        subprocess.run(program, env=how, check=True, capture_output=True, timeout=COMPILE_TIMEOUT_S)
        if all(map(_is_whole, half.rglob("*.pyc"))):
            os.sync()  # or a power cut may leave the name without the code
            half.rename(folder)
    except (OSError, subprocess.SubprocessError):
        pass
    for other in folder.parent.glob("*code-*"):  # of an earlier version, or half made
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder.is_dir()


def _is_whole(compiled: Path) -> bool:
    """On a full disk Python writes a truncated file without an error."""
    try:
        marshal.loads(memoryview(compiled.read_bytes())[PYC_HEADER_BYTES:])
    except (EOFError, ValueError, TypeError):
        return False
    return True


def main() -> int:
    """Compile into the folder that Python keeps such code in; 1 when something is not there."""
    whole = bool(compileall.compile_dir(PACKAGE, quiet=2))
    for name in NEEDED_MODULES:
        with contextlib.suppress(Exception):  # a driver whose library is not there
            importlib.import_module(name)
    from storybot.system.lean_imports import LAZY_MODULES

    for name in LAZY_MODULES:  # their shells load them when they are asked for what they lack
        getattr(sys.modules.get(name), "all_that_there_is", None)
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    kept = [spec.cached for spec in specs if spec is not None and spec.cached]
    return 0 if whole and all(Path(path).exists() for path in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
