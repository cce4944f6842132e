"""Microphones through ALSA's arecord as a child process, without a sound library in memory."""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING

from storybot.errors import StorybotError
from storybot.hearing.microphones.arecord import Arecord
from storybot.hearing.microphones.microphone import (
    SILENCE_TIMEOUT_S,
    microphone_cannot_open,
    microphone_lost,
    no_microphone,
)
from storybot.hearing.pcm import BLOCK_BYTES, SAMPLE_RATE_HZ
from storybot.system.alsa_devices import AlsaDevice, choose_device, parse_devices

if TYPE_CHECKING:
    from storybot.config.schema import HearingSettings

DEFAULT_DEVICE = "default"


NAME_ANOTHER = "name a device that converts, as `storybot devices` lists them"


class AlsaMicrophone:
    """One capture device, chosen by part of its name or description, or the default one.

    ALSA's plug devices resample and mix down themselves.
    """

    def __init__(self, wanted: str = "") -> None:
        device = _matching(wanted) if wanted else AlsaDevice(DEFAULT_DEVICE, "")
        self.name = device.name
        form = ("-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(SAMPLE_RATE_HZ))
        # Without -q: it is silent about another rate then.
        self._child = Arecord("-D", self.name, *form)
        self._rest = b""
        try:
            self._rest = self.read()
        except StorybotError:
            why = self._child.complaint()
            self.close()
            advice = NAME_ANOTHER if device.is_bare else ""
            raise microphone_cannot_open(self.name, why, advice) from None
        if rate := self._child.messages.actual_rate:
            self.close()
            raise microphone_cannot_open(
                self.name,
                f"it gives {rate} Hz where {SAMPLE_RATE_HZ} Hz are asked for",
                NAME_ANOTHER,
            )

    @property
    def overruns(self) -> int:
        return self._child.messages.xruns

    def read(self) -> bytes:
        block, self._rest = self._rest, b""
        source, messages = self._child.sound, self._child.messages
        watched = [source, messages.stream]
        deadline = time.monotonic() + SILENCE_TIMEOUT_S
        while len(block) < BLOCK_BYTES:
            ready, _, _ = select.select(watched, [], [], max(0.0, deadline - time.monotonic()))
            if messages.stream in ready and not messages.read():
                watched = [source]
            if source in ready:
                more = os.read(source, BLOCK_BYTES - len(block))
                if not more:
                    raise microphone_lost(self.name)
                block += more
                deadline = time.monotonic() + SILENCE_TIMEOUT_S
            elif time.monotonic() >= deadline:
                raise microphone_lost(self.name)
        messages.read()
        return block

    def close(self) -> None:
        self._child.close()


def make(settings: HearingSettings) -> AlsaMicrophone:
    """The microphone that hearing.microphone names."""
    return AlsaMicrophone(settings.microphone)


def device_names() -> list[tuple[str, bool]]:
    """Name and description of every capture device, and whether it is the default one."""
    converting = [device for device in _devices() if device.is_shown]
    return [(_label(device), device.name == DEFAULT_DEVICE) for device in converting]


def _matching(wanted: str) -> AlsaDevice:
    devices = _devices()
    found = choose_device(wanted, devices)
    if found is None:
        raise no_microphone(wanted, [_label(d) for d in devices if d.is_shown])
    return found


def _label(device: AlsaDevice) -> str:
    return f"{device.name} ({device.description})" if device.description else device.name


def _devices() -> list[AlsaDevice]:
    child = Arecord("-L")
    try:
        return parse_devices(child.output())
    finally:
        child.close()
