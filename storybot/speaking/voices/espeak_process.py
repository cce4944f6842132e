"""The voice in a process of its own, `espeak-ng --stdout`: nothing of it stays in memory."""

from __future__ import annotations

import select
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.trimming import TrailingSilenceTrimmer
from storybot.speaking.voices.espeak_measured import ESPEAK_LEVEL, espeak_rate
from storybot.speaking.voices.voice import (
    OnPcm,
    Pcm,
    SpeechParameters,
    plain_text,
    spread_words,
    unknown_accent,
)
from storybot.system.processes import cannot_run, end_group_now, signal_group

PACKAGE = "espeak-ng"

SAMPLE_RATE_HZ = 22050  # Hz, of every voice of espeak-ng that is not MBROLA's
WAV_HEADER_BYTES = 44  # bytes of the wav header it begins with
READ_BYTES = 4096  # bytes read at once: 93 ms of sound
SILENCE_TIMEOUT_S = 5.0  # s without sound before the child is ended


@dataclass(frozen=True)
class ListedVoice:
    """A line of `espeak-ng --voices`."""

    language: str  # en-us
    name: str  # English_(America)
    file: str  # gmw/en-US

    def is_named(self, wanted: str) -> bool:
        """Whether `wanted` is its language tag, name or file."""
        plain = wanted.lower().replace(" ", "_")
        names = (self.language, self.name, self.file, self.file.rpartition("/")[2])
        return any(plain == name.lower() for name in names)


ABOUT = "the same, as a program of its own for each phrase"


class EspeakProcessVoice:
    """One `espeak-ng` a sentence; its pipe holds it back when the queue is full."""

    name = "espeak-process"
    level = ESPEAK_LEVEL
    rate = SAMPLE_RATE_HZ

    def __init__(self, program: str = "espeak-ng", deadline: float = SILENCE_TIMEOUT_S) -> None:
        self._program, self._deadline = program, deadline
        self._child: subprocess.Popen[bytes] | None = None
        self._accent, self._file = "", ""  # the one spoken last, and the voice file that it names

    def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
        if self._accent != parameters.accent:
            self._file = self._find_file(parameters.accent)
            self._accent = parameters.accent
        command = [self._program, "--stdin", "--stdout", "-b", "1", "-v", self._file]
        command += ["-s", str(espeak_rate(parameters.speed)), "-p", str(parameters.pitch)]
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
            except OSError as error:
                raise cannot_run(self._program, PACKAGE, error, Exit.SOUND_OUT) from None
        self._child = child
        try:
            if self._pass_on(child, text, on_pcm) and child.wait(self._deadline) != 0:
                raise unknown_accent(parameters.accent)
        except (TimeoutError, subprocess.TimeoutExpired):
            raise self._silent() from None
        finally:
            self._child = None
            end_group_now(child)

    def stop(self) -> None:
        child = self._child
        if child is not None:
            signal_group(child.pid, signal.SIGKILL)

    def rest(self) -> None:
        """Nothing stays in memory between two phrases."""

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

    def _find_file(self, accent: str) -> str:
        """The file of an English voice, its variant behind it, as `-v` takes it.

        Given anything else the program would go by its first two letters.
        """
        plain, plus, variant = accent.partition("+")
        voices = [v for v in self._listed("en") if not v.file.startswith("mb/")]
        found = next((voice.file for voice in voices if voice.is_named(plain)), None)
        if found is None or (
            variant and not any(voice.is_named(variant) for voice in self._listed("variant"))
        ):
            raise unknown_accent(accent)
        return found + plus + variant

    def _listed(self, kind: str) -> list[ListedVoice]:
        command = [self._program, f"--voices={kind}"]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._deadline,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise self._silent() from None
        except OSError as error:
            raise cannot_run(self._program, PACKAGE, error, Exit.SOUND_OUT) from None
        rows = [line.split() for line in done.stdout.decode("utf-8", "replace").splitlines()[1:]]
        return [ListedVoice(row[1], row[3], row[4]) for row in rows if len(row) > 4]

    def _silent(self) -> StorybotError:
        return StorybotError(
            f"the voice {self._program} was silent for {self._deadline:g} s and was ended",
            Exit.SOUND_OUT,
        )


def make(_: SpeakingSettings) -> EspeakProcessVoice:
    """The voice."""
    return EspeakProcessVoice()


def missing() -> str:
    """What has to be installed for it; empty where it can be used."""
    return "" if shutil.which("espeak-ng") else "the package espeak-ng"
