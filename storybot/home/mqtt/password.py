"""The password for the broker, which stands in a file of its own."""

from __future__ import annotations

from pathlib import Path

from storybot.config.schema import HomeSettings
from storybot.errors import Exit, StorybotError

USUAL_FILE = Path("/etc/storybot/mqtt-password")  # readable by the unit's user alone


def read_password(home: HomeSettings, usual: Path = USUAL_FILE) -> str:
    """Its first line; empty where there is none. StorybotError where the file cannot be read."""
    path = Path(home.mqtt_password_file) if home.mqtt_password_file else usual
    try:
        return path.expanduser().read_text("utf-8").partition("\n")[0].rstrip("\r")
    except FileNotFoundError:
        if not home.mqtt_password_file:
            return ""
        why = "it is not there"
    except (OSError, ValueError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "it is no text in UTF-8"
    raise StorybotError(
        f"the broker's password in {path} cannot be read ({why}); "
        "see the setting home.mqtt_password_file",
        Exit.CONFIG,
    )
