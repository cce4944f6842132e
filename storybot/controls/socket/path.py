"""Where the control socket is: the machine's, or the user's own where the machine's is not ours."""

from __future__ import annotations

import os
from pathlib import Path

from storybot.config.schema import ControlsSettings

SYSTEM_SOCKET = ControlsSettings().socket


def server_path(path: str) -> Path:
    """Where a daemon listens that was told `path`.

    A user who tries storybot without being root cannot make the machine's socket: the default
    then means one in $XDG_RUNTIME_DIR.
    """
    wanted, own = Path(path), _own()
    if path != SYSTEM_SOCKET or own is None:
        return wanted
    folder = wanted.parent if wanted.parent.exists() else wanted.parent.parent
    return wanted if os.access(folder, os.W_OK) else own


def client_path(path: str) -> Path:
    """Where a client that was told `path` finds the daemon: the machine's before one's own."""
    wanted, own = Path(path), _own()
    if path != SYSTEM_SOCKET or own is None or wanted.exists() or not own.exists():
        return wanted
    return own


def _own() -> Path | None:
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    return Path(given) / "storybot" / "control" if given else None
