"""The folders of this user or, under systemd, of this service."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM_STATE = Path("/var/lib/storybot")


def state_folder() -> Path:
    """Where storybot keeps what must outlast a restart."""
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]  # set by systemd
    if given:
        return Path(given)
    home = os.environ.get("XDG_STATE_HOME", "")
    return (Path(home) if home else Path.home() / ".local" / "state") / "storybot"


def daemon_state_folder() -> Path:
    """Where the daemon of this machine keeps its state, for whoever may read it; else our own."""
    return SYSTEM_STATE if os.access(SYSTEM_STATE, os.R_OK | os.X_OK) else state_folder()


def sync_folder(folder: Path) -> None:
    """Have what was renamed or removed there last, also through a power cut; may block. OSError."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def cache_folder() -> Path:
    """Where computed files are kept; losing one costs a second."""
    for variable in ("STORYBOT_CACHE", "CACHE_DIRECTORY"):
        if folder := os.environ.get(variable):
            return Path(folder)
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(base) / "storybot"
