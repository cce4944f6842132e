"""Microphones through ALSA's own arecord as a child process: no sound library in our memory."""

from __future__ import annotations

import os
import select
import subprocess

from storybot.errors import Exit, StorybotError
from storybot.hearing.microphone import LOST_AFTER, cannot_open, lost, named
from storybot.hearing.pcm import BLOCK_BYTES, RATE

ARECORD = "arecord"
DEFAULT = "default"


class AlsaMicrophone:
    """One capture device, chosen by part of its name or description, or the default one.

    ALSA's plug devices resample and mix down themselves.
    """

    def __init__(self, wanted: str = "") -> None:
        self.name = DEFAULT
        if wanted:
            devices = _devices()
            label = named(wanted, list(devices))
            self.name = devices[label]
        command = [ARECORD, "-q", "-D", self.name, "-t", "raw", "-f", "S16_LE", "-c", "1"]
        self._child = _start([*command, "-r", str(RATE)])
        self._rest = b""
        try:
            self._rest = self.read()
        except StorybotError:
            why = self._complaint()
            self.close()
            raise cannot_open(self.name, why) from None

    def read(self) -> bytes:
        block, self._rest = self._rest, b""
        assert self._child.stdout is not None
        source = self._child.stdout.fileno()
        while len(block) < BLOCK_BYTES:
            ready, _, _ = select.select([source], [], [], LOST_AFTER)
            more = os.read(source, BLOCK_BYTES - len(block)) if ready else b""
            if not more:
                raise lost(self.name)
            block += more
        return block

    def close(self) -> None:
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()

    def _complaint(self) -> str:
        """What arecord said about why it cannot record."""
        self._child.kill()
        assert self._child.stderr is not None
        said = self._child.stderr.read().decode(errors="replace").strip().splitlines()
        return said[-1].rpartition("audio open error: ")[2] if said else "it gives no sound"


def alsa_inputs() -> list[tuple[str, bool]]:
    """Name and description of every capture device, and whether it is the default one."""
    return [(label, name == DEFAULT) for label, name in _devices().items()]


def _devices() -> dict[str, str]:
    """What `arecord -L` lists: "plughw:CARD=Mic,DEV=0 (USB Audio)" -> its ALSA name."""
    child = _start([ARECORD, "-L"])
    listed, _ = child.communicate()
    found: dict[str, str] = {}
    name, description = "", ""
    for line in [*listed.decode(errors="replace").splitlines(), "end"]:
        if line[:1].isspace():
            description = description or line.strip()
            continue
        if name and name != "null":
            found[f"{name} ({description})" if description else name] = name
        name, description = line.strip(), ""
    return found


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as fault:
        raise StorybotError(
            f"cannot run {ARECORD} ({fault.strerror}); install alsa-utils", Exit.SOUND_IN
        ) from None
