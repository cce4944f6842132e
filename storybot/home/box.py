"""Which box this is: what it is called in the network."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from storybot.config.schema import HomeSettings
from storybot.errors import Exit, StorybotError

MACHINE_ID = Path("/etc/machine-id")
APPLICATION = b"storybot home"
ID_DIGITS = 8  # of hexadecimal


@dataclass(frozen=True)
class Box:
    """One box among those of a home or a fleet."""

    id: str  # letters, digits, _ and -
    name: str  # for people
    version: str  # of storybot


def this_box(settings: HomeSettings, machine_id: Path = MACHINE_ID) -> Box:
    """The box as the settings have it; StorybotError where it has no id."""
    from importlib import metadata  # 2.5 MB that a process which was told the version never needs

    return Box(settings.id or _own_id(machine_id), settings.name, metadata.version("storybot"))


def _own_id(machine_id: Path) -> str:
    """An id made from the machine's own, which must not be shown itself: see machine-id(5)."""
    try:
        secret = machine_id.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        secret = ""
    if not secret:
        raise StorybotError(
            f"this machine has no id in {machine_id}; give the box one with the setting home.id",
            Exit.CONFIG,
        )
    return hmac.new(secret.encode(), APPLICATION, hashlib.sha256).hexdigest()[:ID_DIGITS]
