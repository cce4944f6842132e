"""The password for the broker, which stands in a file of its own."""

from __future__ import annotations

import os
from pathlib import Path

from storybot.config.schema import HomeSettings
from storybot.errors import Exit, StorybotError

CREDENTIAL = "mqtt-password"  # of the unit, see systemd.exec(5), LoadCredential=


def read_password(home: HomeSettings) -> str:
    """Its first line; empty where there is none. StorybotError where the file cannot be read."""
    if home.mqtt_password_file:
        path = Path(home.mqtt_password_file).expanduser()
    elif folder := os.environ.get("CREDENTIALS_DIRECTORY"):
        path = Path(folder) / CREDENTIAL
        if not path.exists():
            return ""
    else:
        return ""
    try:
        return path.read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise StorybotError(
            f"the broker's password in {path} cannot be read ({why}); "
            "see the setting home.mqtt_password_file",
            Exit.CONFIG,
        ) from error
