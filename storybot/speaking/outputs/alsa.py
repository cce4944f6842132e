"""Loudspeakers through `aplay`: no PortAudio in memory, for the small board."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import struct
import subprocess
import termios
import threading
import time
from dataclasses import dataclass

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs.player import (
    BLOCK_FRAMES,
    FetchSamples,
    loudspeaker_cannot_open,
    no_loudspeaker,
)
from storybot.speaking.outputs.queued_player import QueuedPlayer
from storybot.system.processes import KILL_TIMEOUT_S, end_group_now, signal_group

APLAY_BUFFER_S = 0.1  # s of sound aplay keeps
PIPE_BYTES = 4096  # bytes, the smallest pipe Linux gives: 93 ms at 22,050 Hz
PROBE_BYTES = 64  # bytes of silence that show whether aplay reads
FIRST_SOUND_POLL_S = 0.005  # s between two looks for the first sound
OPEN_TIMEOUT_S = 2.0  # s for aplay to take the device
# Of the names ALSA gives one card, those that convert rates and mix come first.
PREFERRED_NAMES = ("default", "sysdefault:", "plughw:", "dmix:", "front:", "pulse")


@dataclass(frozen=True)
class AlsaDevice:
    """One line of `aplay -L`."""

    name: str  # what -D takes
    description: str

    @property
    def rank(self) -> int:
        """Smaller is better."""
        ranks = (i for i, start in enumerate(PREFERRED_NAMES) if self.name.startswith(start))
        return next(ranks, len(PREFERRED_NAMES))


class AlsaOutput:
    """One ALSA device, chosen by part of its name, or the default one."""

    def __init__(self, wanted: str = "", program: str = "aplay") -> None:
        self._wanted, self._program = wanted, program
        self.name = wanted or "default"
        self._child: subprocess.Popen[bytes] | None = None
        self._over = threading.Event()
        self._pump: threading.Thread | None = None

    def open(self, rate: int, fetch: FetchSamples) -> float:
        device = self._device()
        command = [self._program, "-q", "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "1"]
        command += ["-r", str(rate), f"--buffer-time={round(APLAY_BUFFER_S * 1e6)}", "-"]
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                bufsize=0,
            )
        except OSError:
            raise _missing(self._program) from None
        if not _takes_sound(child):
            raise loudspeaker_cannot_open(self.name, _last_words(child))
        self._child = child
        self._over = threading.Event()
        self._pump = threading.Thread(target=_pump, args=(child, fetch, self._over), daemon=True)
        self._pump.start()
        return APLAY_BUFFER_S + PIPE_BYTES / (2 * rate)

    def alive(self) -> bool:
        child = self._child
        return child is not None and child.poll() is None

    def discard(self) -> bool:
        child = self._child
        if child is None or child.returncode is not None:
            return False
        signal_group(child.pid, signal.SIGKILL)
        return True

    def finish(self) -> None:
        self._over.set()
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(OPEN_TIMEOUT_S)
        self.close()

    def close(self) -> None:
        self._over.set()
        child, self._child = self._child, None
        pump, self._pump = self._pump, None
        if child is None or pump is None:
            return
        signal_group(child.pid, signal.SIGKILL)
        pump.join(KILL_TIMEOUT_S)  # its write into the broken pipe fails
        if not pump.is_alive():  # only then may the pipe be closed; else a driver holds aplay
            end_group_now(child)

    def _device(self) -> str:
        if not self._wanted:
            return "default"
        for device in alsa_devices(self._program):
            if self._wanted.lower() in f"{device.name} {device.description}".lower():
                self.name = device.description or device.name
                return device.name
        raise no_loudspeaker(self._wanted)


def alsa_devices(program: str = "aplay") -> list[AlsaDevice]:
    """What `aplay -L` lists, the best name of each card first."""
    try:
        listed = subprocess.run([program, "-L"], capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        raise _missing(program) from None
    devices: list[AlsaDevice] = []
    for line in listed.stdout.decode("utf-8", "replace").splitlines():
        if line[:1].strip():
            devices.append(AlsaDevice(line.strip(), ""))
        elif devices and not devices[-1].description:
            devices[-1] = AlsaDevice(devices[-1].name, line.strip())
    return sorted((d for d in devices if d.name != "null"), key=lambda device: device.rank)


def make(settings: SpeakingSettings, rate: int, _: object) -> QueuedPlayer:
    """A player on the loudspeaker that speaking.speaker names."""
    return QueuedPlayer(AlsaOutput(settings.speaker), rate, settings.volume)


def device_names(program: str = "aplay") -> list[tuple[str, bool]]:
    """Name of every loudspeaker, and whether it is the default one."""
    devices = [device for device in alsa_devices(program) if device.rank < len(PREFERRED_NAMES)]
    return [
        (f"{d.description} ({d.name})" if d.description else d.name, d is devices[0])
        for d in devices
    ]


def _takes_sound(child: subprocess.Popen[bytes]) -> bool:
    """Whether aplay got its device: only then does it empty the pipe of a block of silence."""
    assert child.stdin is not None
    pipe = child.stdin.fileno()
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    limit = time.monotonic() + OPEN_TIMEOUT_S
    try:
        os.write(pipe, bytes(PROBE_BYTES))
        while child.poll() is None and time.monotonic() < limit:
            unread = fcntl.ioctl(pipe, termios.FIONREAD, struct.pack("i", 0))
            if struct.unpack("i", unread)[0] == 0:
                return True
            time.sleep(0.002)
    except BrokenPipeError:
        return False
    return False


def _pump(child: subprocess.Popen[bytes], fetch: FetchSamples, over: threading.Event) -> None:
    """Feed aplay at its own pace until it is over; silence keeps it from running dry.

    It begins with sound: silence written before would delay it by all that the buffers hold.
    """
    assert child.stdin is not None
    try:
        while not (sound := fetch(BLOCK_FRAMES)) and not over.wait(FIRST_SOUND_POLL_S):
            pass
        while not over.is_set():
            child.stdin.write(sound.ljust(2 * BLOCK_FRAMES, b"\0"))
            sound = fetch(BLOCK_FRAMES)
        child.stdin.close()
    except OSError:  # aplay has ended
        return


def _last_words(child: subprocess.Popen[bytes]) -> str:
    if child.poll() is None:
        end_group_now(child)
        return "it does not answer"
    assert child.stderr is not None
    lines = child.stderr.read().decode("utf-8", "replace").strip().splitlines()
    end_group_now(child)
    return lines[-1].rpartition(": ")[2] if lines else "no reason given"


def _missing(program: str) -> StorybotError:
    return StorybotError(
        f"the program {program} is missing; install the package alsa-utils", Exit.SOUND_OUT
    )
