"""Packages of an extra, which pip puts beside storybot: all of them or none."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import NoReturn

from storybot.errors import StorybotError

# Whole packages alone (none is built here), and nothing left in a cache that nobody needs again.
OPTIONS = ("-q", "--no-input", "--disable-pip-version-check", "--no-cache-dir", "--retries=2")
WHEELS_ONLY = "--only-binary=:all:"
HALF = ".storybot-get"  # folder of what comes, on the disk that it is meant for
_NO_NETWORK = re.compile(r"connection|timed out|ProxyError|SSLError|Max retries", re.IGNORECASE)
_NOT_MADE = re.compile(r"No matching distribution found for ([\w.-]+)")
_ERROR = re.compile(r"^ERROR: (.+)$", re.MULTILINE)


def requirements(extra: str) -> list[str]:
    """What the extra names, as pip takes it: "piper-tts>=1.3"."""
    named = (line.partition(";") for line in metadata.requires("storybot") or ())
    return [name.strip() for name, _, marker in named if f'extra == "{extra}"' in marker]


def are_installed(wanted: Sequence[str]) -> bool:
    """Whether a package of each of these names is there, and not half of one."""
    try:
        for one in wanted:
            metadata.distribution(re.split(r"[^\w.-]", one)[0])
    except metadata.PackageNotFoundError:
        return False
    return True


def install(wanted: Sequence[str], room_bytes: int) -> None:
    """Install these for this Python; `room_bytes`: of disk, while pip works.

    StorybotError with one sentence where that is not possible; then, as after Ctrl-C, TERM and HUP,
    everything is as it was.
    """
    place = Path(sysconfig.get_path("purelib"))
    if importlib.util.find_spec("pip") is None:
        raise StorybotError(
            f"{sys.executable} has no pip; install Debian's python3-pip, or in a virtual "
            f"environment run: {sys.executable} -m ensurepip"
        )
    free = shutil.disk_usage(place).free
    if free < room_bytes:
        raise StorybotError(
            f"no room: {room_bytes // 10**6} MB are needed in {place} and {free // 10**6} MB are "
            "free; delete something"
        )
    with _interruptible(), _folder_for_what_comes(place) as half, _all_or_nothing():
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", *OPTIONS, WHEELS_ONLY, *wanted],
            env={**os.environ, "TMPDIR": str(half)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,  # Ctrl-C ends us, and we end it
        )
        if done.returncode:
            raise StorybotError(_why(done.stderr + done.stdout))
    importlib.invalidate_caches()


@contextlib.contextmanager
def _folder_for_what_comes(place: Path) -> Iterator[Path]:
    half = place / HALF
    try:
        shutil.rmtree(half, ignore_errors=True)  # of a run that had no end
        half.mkdir()
    except OSError as fault:
        hint = "; run the command with sudo" if isinstance(fault, PermissionError) else ""
        raise StorybotError(f"cannot write in {place} ({fault.strerror}){hint}") from fault
    try:
        yield half
    finally:
        shutil.rmtree(half, ignore_errors=True)


@contextlib.contextmanager
def _all_or_nothing() -> Iterator[None]:
    """After a failure what was added is removed; pip itself puts back what it replaced."""
    folders = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "scripts")]
    before = {path for folder in folders for path in folder.iterdir()}
    try:
        yield
    except BaseException:
        for path in {path for folder in folders for path in folder.iterdir()} - before:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """TERM and HUP (the terminal was closed) are as Ctrl-C."""

    def interrupted(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, interrupted) for number in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def _why(output: str) -> str:
    """One sentence from what pip says."""
    if _NO_NETWORK.search(output):
        return "the package registry cannot be reached; check the network and try again"
    if "No space left" in output:
        return "the disk is full; delete something and try again"
    if "externally-managed-environment" in output:
        return (
            f"the Python {sys.executable} is the system's and takes no packages; install storybot "
            "with `make install` or in a virtual environment"
        )
    if missing := _NOT_MADE.search(output):
        return (
            f"the registry has no {missing[1]} for this machine "
            f"({platform.machine()}, Python {platform.python_version()})"
        )
    errors = _ERROR.findall(output)
    return f"pip could not install it: {errors[-1] if errors else 'it did not say why'}"
