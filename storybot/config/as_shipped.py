"""Whether nobody changed a setting on this machine, found out without reading YAML."""

from __future__ import annotations

import os

ENVIRONMENT_PREFIX = "STORYBOT_"
# Variables of that prefix which are no settings.
NO_SETTINGS = frozenset(f"{ENVIRONMENT_PREFIX}{n}" for n in ("SHARED", "STATE", "CACHE", "MODELS"))
SYSTEM_FILE = "/etc/storybot/config.yaml"
SYSTEM_SOCKET = "/run/storybot/control"
# The two places of the commented default, see load.shipped_file().
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
_SHIPPED = (f"{_PACKAGE}/data/config.yaml", f"{os.path.dirname(_PACKAGE)}/config.yaml")  # noqa: PTH120


def is_as_shipped() -> bool:
    """Whether every settings file is missing or the shipped one, and the environment sets none.

    True only where load.load_settings() without a further file gives the defaults.
    """
    if any(name.startswith(ENVIRONMENT_PREFIX) for name in os.environ.keys() - NO_SETTINGS):
        return False
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111
    files = (SYSTEM_FILE, f"{home}/storybot/config.yaml")
    try:
        shipped = next(filter(None, map(_content, _SHIPPED)), None)
        return all(_content(path) in (None, shipped) for path in files)
    except OSError:
        return False


def _content(path: str) -> bytes | None:
    """None where there is no such file."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()
    except FileNotFoundError:
        return None
