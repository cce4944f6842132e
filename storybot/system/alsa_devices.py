"""The devices that `aplay -L` and `arecord -L` list, and which of them convert sound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storybot.system.device_names import find_device

# Of the names ALSA gives one card, those that convert rates and channels and mix come first, ...
CONVERTING = ("default", "sysdefault", "plughw:", "plug:", "pulse", "pipewire")
# ... those a user defined next, and the bare hardware last: it refuses what it cannot do, or does
# something else.
BARE = ("dmix:", "dsnoop:", "front:", "hw:", "surround", "iec958:", "spdif:", "hdmi:", "usbstream:")

# What Debian's plugins add to every list, whether there is such a device or not.
PLUGINS = ("lavrate", "samplerate", "speexrate", "speex", "upmix", "vdownmix", "jack", "oss")


@dataclass(frozen=True)
class AlsaDevice:
    """One device of the list."""

    name: str  # what -D takes
    description: str

    @property
    def is_bare(self) -> bool:
        """Whether it converts nothing."""
        return self.name.startswith(BARE)

    @property
    def is_shown(self) -> bool:
        """Whether a user is offered it."""
        return not self.is_bare and self.name not in PLUGINS

    @property
    def rank(self) -> int:
        """Smaller is better."""
        ranks = (i for i, start in enumerate((*CONVERTING, "", *BARE)) if self._begins(start))
        return next(ranks)

    def _begins(self, start: str) -> bool:
        return self.name.startswith(start) if start else not self.is_bare


def parse_devices(listed: str) -> list[AlsaDevice]:
    """A list as both programs print it, in its order: a name, then indented what it is."""
    devices: list[AlsaDevice] = []
    for line in listed.splitlines():
        if line[:1].strip():
            devices.append(AlsaDevice(line.strip(), ""))
        elif devices and not devices[-1].description:
            devices[-1] = AlsaDevice(devices[-1].name, line.strip())
    return [device for device in devices if device.name != "null"]


def choose_device(wanted: str, devices: Iterable[AlsaDevice]) -> AlsaDevice | None:
    """The device that `wanted` names, by part of its name or description; a bare one last."""
    ranked = sorted(devices, key=lambda device: device.rank)
    for is_bare in (False, True):
        fitting = [device for device in ranked if device.is_bare is is_bare]
        names = [
            (name, what, f"{name} ({what})", f"{what} ({name})")
            for name, what in ((device.name, device.description) for device in fitting)
        ]
        found = find_device(wanted, names)
        if found is not None:
            return fitting[found]
    return None
