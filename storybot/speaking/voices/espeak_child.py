"""The voice as a child process, `espeak-ng --stdout`: nothing of it stays in memory."""

from __future__ import annotations

import select
import shutil
import signal
import subprocess
import tempfile

from storybot.errors import Exit, StorybotError
from storybot.speaking.trimming import TrailingSilenceTrimmer
from storybot.speaking.voices.voice import (
    OnPcm,
    Pcm,
    SpeechParameters,
    plain_text,
    spread_words,
    unknown_accent,
)
from storybot.system.processes import end_group_now, signal_group

SAMPLE_RATE_HZ = 22050  # Hz, of every voice of espeak-ng that is not MBROLA's
WAV_HEADER_BYTES = 44  # bytes of the wav header it begins with
READ_BYTES = 4096  # bytes read at once: 93 ms of sound
SILENCE_TIMEOUT_S = 5.0  # s without sound before the child is ended


class EspeakChildVoice:
    """One `espeak-ng` a sentence; its pipe holds it back when the queue is full."""

    name = "espeak-child"
    rate = SAMPLE_RATE_HZ

    def __init__(self, program: str = "espeak-ng", deadline: float = SILENCE_TIMEOUT_S) -> None:
        self._program, self._deadline = program, deadline
        self._child: subprocess.Popen[bytes] | None = None

    def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
        command = [self._program, "--stdin", "--stdout", "-b", "1", "-v", parameters.accent]
        command += ["-s", str(parameters.speed), "-p", str(parameters.pitch)]
        with tempfile.TemporaryFile() as words:  # a file: no pipe that could fill up
            words.write(plain_text(text).encode("utf-8"))
            words.seek(0)
            try:
                child = subprocess.Popen(
                    command,
                    stdin=words,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                    bufsize=0,
                )
            except OSError:
                raise StorybotError(
                    f"the program {self._program} is missing; install the package espeak-ng",
                    Exit.SOUND_OUT,
                ) from None
        self._child = child
        try:
            if self._pass_on(child, text, on_pcm) and child.wait(self._deadline) != 0:
                raise unknown_accent(parameters.accent)
        except (TimeoutError, subprocess.TimeoutExpired):
            raise StorybotError(
                f"the voice {self._program} was silent for {self._deadline:g} s and was ended",
                Exit.SOUND_OUT,
            ) from None
        finally:
            self._child = None
            end_group_now(child)

    def stop(self) -> None:
        child = self._child
        if child is not None:
            signal_group(child.pid, signal.SIGKILL)

    def _pass_on(self, child: subprocess.Popen[bytes], text: str, on_pcm: OnPcm) -> bool:
        """Hand on all of the child's sound; False when no more of it was wanted."""
        assert child.stdout is not None
        header, odd, trimming = WAV_HEADER_BYTES, b"", TrailingSilenceTrimmer()
        frames = 0
        while True:
            if not select.select([child.stdout], [], [], self._deadline)[0]:
                raise TimeoutError
            data = child.stdout.read(READ_BYTES)
            if not data:
                break
            skipped = min(header, len(data))
            header -= skipped
            data = odd + data[skipped:]
            data, odd = (data[:-1], data[-1:]) if len(data) % 2 else (data, b"")
            sound = trimming.feed(data)
            frames += len(sound) // 2
            if sound and not on_pcm(Pcm(sound, SAMPLE_RATE_HZ)):
                return False
        return on_pcm(Pcm(b"", SAMPLE_RATE_HZ, spread_words(text, frames)))


def make() -> EspeakChildVoice:
    """The voice."""
    return EspeakChildVoice()


def missing() -> str:
    """What has to be installed for it; empty where it can be used."""
    return "" if shutil.which("espeak-ng") else "the package espeak-ng"
