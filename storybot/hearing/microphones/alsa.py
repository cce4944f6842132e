"""Microphones through ALSA's own arecord as a child process: no sound library in our memory."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING

from storybot.errors import StorybotError
from storybot.hearing.microphones.arecord import Arecord
from storybot.hearing.microphones.microphone import (
    SILENCE_TIMEOUT_S,
    matching_name,
    microphone_cannot_open,
    microphone_lost,
)
from storybot.hearing.pcm import BLOCK_BYTES, SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings

DEFAULT_DEVICE = "default"


class AlsaMicrophone:
    """One capture device, chosen by part of its name or description, or the default one.

    ALSA's plug devices resample and mix down themselves.
    """

    def __init__(self, wanted: str = "") -> None:
        self.name = DEFAULT_DEVICE
        if wanted:
            devices = _devices()
            label = matching_name(wanted, list(devices))
            self.name = devices[label]
        form = ("-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(SAMPLE_RATE_HZ))
        self._child = Arecord("-q", "-D", self.name, *form)
        self._rest = b""
        try:
            self._rest = self.read()
        except StorybotError:
            why = self._child.complaint()
            self.close()
            raise microphone_cannot_open(self.name, why) from None

    def read(self) -> bytes:
        block, self._rest = self._rest, b""
        source = self._child.sound
        while len(block) < BLOCK_BYTES:
            ready, _, _ = select.select([source], [], [], SILENCE_TIMEOUT_S)
            more = os.read(source, BLOCK_BYTES - len(block)) if ready else b""
            if not more:
                raise microphone_lost(self.name)
            block += more
        return block

    def close(self) -> None:
        self._child.close()


def make(settings: HearingSettings) -> AlsaMicrophone:
    """The microphone that hearing.microphone names."""
    return AlsaMicrophone(settings.microphone)


def device_names() -> list[tuple[str, bool]]:
    """Name and description of every capture device, and whether it is the default one."""
    return [(label, name == DEFAULT_DEVICE) for label, name in _devices().items()]


def _devices() -> dict[str, str]:
    """What `arecord -L` lists: "plughw:CARD=Mic,DEV=0 (USB Audio)" -> its ALSA name."""
    child = Arecord("-L")
    listed = child.output()
    child.close()
    found: dict[str, str] = {}
    name, description = "", ""
    for line in [*listed.splitlines(), "end"]:
        if line[:1].isspace():
            description = description or line.strip()
            continue
        if name and name != "null":
            found[f"{name} ({description})" if description else name] = name
        name, description = line.strip(), ""
    return found
