"""The path of the control socket: the system's, or the user's own."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from storybot.config.schema import ControlsSettings

SYSTEM_SOCKET = ControlsSettings().socket
USERS_FOLDERS = Path("/run/user")  # one a user, made by systemd-logind at the login
PATH_MAX_BYTES = 107  # of sun_path, see unix(7), without its last zero


def server_path(path: str) -> Path:
    """Where a daemon listens that was told `path`.

    A user who tries storybot without being root cannot make the machine's socket: the default
    then means the first of the user's own places that can be used.
    """
    wanted = Path(path)
    if path != SYSTEM_SOCKET:
        return wanted
    folder = wanted.parent if wanted.parent.exists() else wanted.parent.parent
    if os.access(folder, os.W_OK):
        return wanted
    return next((place for place in _own() if _can_be_made(place)), wanted)


def client_path(path: str) -> Path:
    """Where a client that was told `path` finds the daemon: the machine's before one's own."""
    wanted = Path(path)
    if path != SYSTEM_SOCKET or _exists(wanted):
        return wanted
    return next((place for place in _own() if _exists(place)), wanted)


def _own() -> Iterator[Path]:
    """The user's own places, the best first; a daemon and its client may know different ones."""
    folders = [os.environ.get("XDG_RUNTIME_DIR", ""), str(USERS_FOLDERS / str(os.getuid()))]
    folders.append(os.environ.get("XDG_STATE_HOME", ""))
    if not folders[-1]:
        with contextlib.suppress(RuntimeError):  # nobody knows the user's home
            folders[-1] = str(Path.home() / ".local" / "state")
    for folder in filter(None, folders):
        place = Path(folder) / "storybot" / "control"
        if len(os.fsencode(place)) <= PATH_MAX_BYTES:
            yield place
    import tempfile  # 0.1 MB that a box with its own socket never needs

    shared = Path(tempfile.gettempdir()) / f"storybot-{os.getuid()}"
    if not os.path.lexists(shared) or _is_mine(shared):
        yield shared / "control"


def _exists(path: Path) -> bool:
    """False where that cannot be seen, too."""
    try:
        return path.exists()
    except OSError:
        return False


def _can_be_made(place: Path) -> bool:
    """Whether its folder is there and may be written, or can be made."""
    there = next(folder for folder in place.parents if _exists(folder))
    if USERS_FOLDERS in place.parents and there in (USERS_FOLDERS, *USERS_FOLDERS.parents):
        return False  # logind makes and removes these folders
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _is_mine(folder: Path) -> bool:
    """Whether nobody else can have put anything into it: anybody may make one in /tmp."""
    found = folder.lstat()
    mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return mine and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
