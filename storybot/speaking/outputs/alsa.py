"""Loudspeakers through `aplay`: no PortAudio in memory, for the small board."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import threading
import time

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs.player import (
    BLOCK_FRAMES,
    FetchSamples,
    loudspeaker_cannot_open,
    no_loudspeaker,
)
from storybot.speaking.outputs.queued_player import QueuedPlayer
from storybot.system.alsa_devices import AlsaDevice, choose_device, parse_devices
from storybot.system.alsa_messages import AlsaMessages, english
from storybot.system.processes import KILL_TIMEOUT_S, cannot_run, end_group_now, signal_group

PACKAGE = "alsa-utils"

APLAY_BUFFER_S = 0.1  # s of sound aplay keeps
PIPE_BYTES = 4096  # bytes, the smallest pipe Linux gives: 93 ms at 22,050 Hz
PROBE_BYTES = 64  # bytes of silence that show whether aplay reads
FIRST_SOUND_POLL_S = 0.005  # s between two looks for the first sound
OPEN_TIMEOUT_S = 2.0  # s for aplay to take the device
LIST_TIMEOUT_S = 10.0  # s until its list must be whole; a plugin of ALSA may wait for a server


class AlsaOutput:
    """One ALSA device, chosen by part of its name, or the default one."""

    def __init__(self, wanted: str = "", program: str = "aplay") -> None:
        self._wanted, self._program = wanted, program
        self.name = wanted or "default"
        self._child: subprocess.Popen[bytes] | None = None
        self._over = threading.Event()
        self._pump: threading.Thread | None = None
        self._messages: AlsaMessages | None = None
        self._earlier_underruns = 0  # of children that have ended

    @property
    def underruns(self) -> int:
        return self._earlier_underruns + (self._messages.xruns if self._messages else 0)

    def open(self, rate: int, fetch: FetchSamples) -> float:
        device = self._device()
        # Without -q: it is silent about another rate then.
        command = [self._program, "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "1"]
        command += ["-r", str(rate), f"--buffer-time={round(APLAY_BUFFER_S * 1e6)}", "-"]
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=english(dict(os.environ)),
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise cannot_run(self._program, PACKAGE, error, Exit.SOUND_OUT) from None
        assert child.stderr is not None
        messages = AlsaMessages(child.stderr.fileno())
        if not _takes_sound(child, messages):
            raise loudspeaker_cannot_open(self.name, _last_words(child, messages))
        if messages.actual_rate:
            end_group_now(child)
            raise loudspeaker_cannot_open(
                self.name, f"it plays {messages.actual_rate} Hz where {rate} Hz are asked for"
            )
        self._child, self._messages = child, messages
        self._over = threading.Event()
        self._pump = threading.Thread(
            target=_pump, args=(child, messages, fetch, self._over), daemon=True
        )
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
        self._earlier_underruns, self._messages = self.underruns, None

    def _device(self) -> str:
        if not self._wanted:
            return "default"
        devices = alsa_devices(self._program)
        found = choose_device(self._wanted, devices)
        if found is None:
            raise no_loudspeaker(self._wanted, [_label(d) for d in devices if d.is_shown])
        self.name = found.description or found.name
        return found.name


def alsa_devices(program: str = "aplay") -> list[AlsaDevice]:
    """What `aplay -L` lists, the best name of each card first."""
    try:
        listed = subprocess.run(
            [program, "-L"], capture_output=True, check=False, timeout=LIST_TIMEOUT_S
        )
    except OSError as error:
        raise cannot_run(program, PACKAGE, error, Exit.SOUND_OUT) from None
    except subprocess.TimeoutExpired:
        raise StorybotError(
            f"{program} does not answer; unplug the loudspeaker and plug it in again",
            Exit.SOUND_OUT,
        ) from None
    devices = parse_devices(listed.stdout.decode("utf-8", "replace"))
    return sorted(devices, key=lambda device: device.rank)


def make(settings: SpeakingSettings, rate: int, _: object) -> QueuedPlayer:
    """A player on the loudspeaker that speaking.speaker names."""
    return QueuedPlayer(AlsaOutput(settings.speaker), rate, settings.volume)


def device_names(program: str = "aplay") -> list[tuple[str, bool]]:
    """Name of every loudspeaker, and whether it is the default one."""
    devices = [device for device in alsa_devices(program) if device.is_shown]
    return [(_label(device), device is devices[0]) for device in devices]


def _label(device: AlsaDevice) -> str:
    return f"{device.description} ({device.name})" if device.description else device.name


def _takes_sound(child: subprocess.Popen[bytes], messages: AlsaMessages) -> bool:
    """Whether aplay opened its device: it reads the silence in its pipe only then."""
    assert child.stdin is not None
    pipe = child.stdin.fileno()
    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    limit = time.monotonic() + OPEN_TIMEOUT_S
    try:
        os.write(pipe, bytes(PROBE_BYTES))
        while child.poll() is None and time.monotonic() < limit:
            messages.read()
            unread = fcntl.ioctl(pipe, termios.FIONREAD, struct.pack("i", 0))
            if struct.unpack("i", unread)[0] == 0:
                return True
            time.sleep(0.002)
    except BrokenPipeError:
        return False
    return False


def _pump(
    child: subprocess.Popen[bytes],
    messages: AlsaMessages,
    fetch: FetchSamples,
    over: threading.Event,
) -> None:
    """Write to aplay as fast as it reads until `over` is set; silence prevents underruns.

    Nothing is written before the first sound: silence in the buffers would delay it.
    """
    assert child.stdin is not None
    try:
        os.set_blocking(child.stdin.fileno(), False)
        while not (sound := fetch(BLOCK_FRAMES)) and not over.wait(FIRST_SOUND_POLL_S):
            messages.read()
        while not over.is_set():
            _write(child.stdin.fileno(), sound.ljust(2 * BLOCK_FRAMES, b"\0"), messages)
            sound = fetch(BLOCK_FRAMES)
        child.stdin.close()
    except OSError:  # aplay has ended
        return


def _write(pipe: int, sound: bytes, messages: AlsaMessages) -> None:
    """Write when there is room, and take the messages that aplay writes meanwhile."""
    watched = [messages.stream]
    while sound:
        try:
            sound = sound[os.write(pipe, sound) :]
        except BlockingIOError:
            if not set(select.select(watched, [pipe], [])[0]).isdisjoint(watched):
                watched = watched if messages.read() else []


def _last_words(child: subprocess.Popen[bytes], messages: AlsaMessages) -> str:
    if child.poll() is None:
        end_group_now(child)
        return "it does not answer"
    messages.read()
    end_group_now(child)
    return messages.reason or "no reason given"
