"""Whether nobody changed a setting on this machine, found out without reading YAML."""

from __future__ import annotations

import os
from binascii import crc32

ENVIRONMENT_PREFIX = "STORYBOT_"
# Variables of that prefix which are no settings.
NO_SETTINGS = frozenset(f"{ENVIRONMENT_PREFIX}{n}" for n in ("SHARED", "STATE", "CACHE", "MODELS"))
SYSTEM_FILE = "/etc/storybot/config.yaml"
SYSTEM_SOCKET = "/run/storybot/control"
# Of config.yaml as released, in which every setting is its default. Not of the file that lies here:
# who edits that one, and installs or copies it, has set something.
SHIPPED_CRC32 = 0xCB6A8441


def is_as_shipped() -> bool:
    """Whether every settings file is missing or the shipped one, and the environment sets none.

    True only where load.load_settings() without a further file gives the defaults.
    """
    if any(name.startswith(ENVIRONMENT_PREFIX) for name in os.environ.keys() - NO_SETTINGS):
        return False
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111
    files = (SYSTEM_FILE, f"{home}/storybot/config.yaml")
    try:
        contents = [content for path in files if (content := _content(path)) is not None]
    except OSError:
        return False
    return all(crc32(content) == SHIPPED_CRC32 for content in contents)


def _content(path: str) -> bytes | None:
    """None where there is no such file."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()
    except FileNotFoundError:
        return None
