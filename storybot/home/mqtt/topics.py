"""The topics of a box at the broker: what it publishes, and where it is asked."""

from __future__ import annotations

from dataclasses import dataclass

ROOT = "storybot"
ALL = "all"  # in place of an id: every box
DISCOVERY = "homeassistant"  # where Home Assistant looks for devices
HOME_ASSISTANT_STATUS = f"{DISCOVERY}/status"  # "online" when it has started
LATEST_VERSION = f"{ROOT}/{ALL}/latest_version"  # retained, by whoever looks after the boxes


@dataclass(frozen=True)
class Topics:
    """Those of one box."""

    box: str  # its id

    @property
    def discovery(self) -> str:
        """Retained: the device and its components, for Home Assistant."""
        return f"{DISCOVERY}/device/{ROOT}_{self.box}/config"

    @property
    def online(self) -> str:
        """Retained: "online" while the box can be asked, else "offline"."""
        return f"{ROOT}/{self.box}/online"

    @property
    def state(self) -> str:
        """Retained JSON: what the box is doing."""
        return f"{ROOT}/{self.box}/state"

    @property
    def sentence(self) -> str:
        """Retained JSON: the sentence that sounds."""
        return f"{ROOT}/{self.box}/sentence"

    @property
    def version(self) -> str:
        """Retained JSON: the version installed, and the latest one."""
        return f"{ROOT}/{self.box}/version"

    @property
    def event(self) -> str:
        """JSON, not retained: a story began or ended, or a command was refused."""
        return f"{ROOT}/{self.box}/event"

    def command(self, name: str) -> str:
        """Where the command of that name is given to this box."""
        return f"{ROOT}/{self.box}/cmd/{name}"

    @property
    def subscriptions(self) -> list[str]:
        """The filters of all that a box reads."""
        commands = [f"{ROOT}/{box}/cmd/+" for box in (self.box, ALL)]
        return [*commands, HOME_ASSISTANT_STATUS, LATEST_VERSION]

    @property
    def own(self) -> str:
        """The filter of all that is the box's own, but for its discovery."""
        return f"{ROOT}/{self.box}/#"


def command_name(topic: str) -> str | None:
    """The name of the command that is given at `topic`; None where it is no such topic."""
    parts = topic.split("/")
    return parts[3] if len(parts) == 4 and parts[0] == ROOT and parts[2] == "cmd" else None
