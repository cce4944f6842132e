"""A wav file instead of a loudspeaker: as fast as the voice speaks, never paced."""

from __future__ import annotations

import contextlib
import wave
from pathlib import Path
from typing import BinaryIO

from storybot.config.schema import SpeakingSettings
from storybot.errors import Exit, StorybotError
from storybot.speaking.outputs.silent import SilentPlayer


class WavPlayer(SilentPlayer):
    """Writes a wav of int16 mono, which gets its final name when everything was said.

    A file that is closed without a release() after its last sample is incomplete and removed.
    """

    def __init__(self, path: Path, rate: int, volume: float) -> None:
        super().__init__(rate, volume)
        self.name = str(path)
        self._path, self._rate = path, rate
        self._half = path.with_name(path.name + ".part")
        self._file: wave.Wave_write | None = None
        self._bytes: BinaryIO
        self._whole = False  # release() came after the last sample

    def open(self) -> None:
        if self._file is not None:
            return
        if self._path.exists() and not self._path.is_file():
            raise StorybotError(
                f"{self._path} is not a file; choose another name for the wav", Exit.SOUND_OUT
            )
        try:
            self._bytes = self._half.open("wb")
        except OSError as error:
            raise self._given_up(error) from None
        self._file = wave.open(self._bytes, "wb")  # noqa: SIM115 (held until close)
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(self._rate)

    def write(self, samples: bytes) -> bool:
        self.open()
        self._whole = False
        assert self._file is not None
        try:
            self._file.writeframesraw(self.gain.apply(samples))
        except OSError as error:
            raise self._given_up(error) from None
        return super().write(samples)

    def release(self) -> None:
        self._whole = self._written > 0

    def close(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        try:
            file.close()
            self._bytes.close()
            if self._whole:
                self._half.replace(self._path)
            else:
                self._half.unlink()
        except OSError as error:
            raise self._given_up(error) from None

    def _given_up(self, error: OSError) -> StorybotError:
        file, self._file = self._file, None
        with contextlib.suppress(OSError):
            if file is not None:
                file.close()
                self._bytes.close()
        with contextlib.suppress(OSError):
            self._half.unlink(missing_ok=True)
        return StorybotError(
            f"{self._path} cannot be written ({error.strerror}); choose another place for the wav",
            Exit.SOUND_OUT,
        )


def make(settings: SpeakingSettings, rate: int, path: Path | None) -> WavPlayer:
    """A player that writes `path`, by default story.wav in the working directory."""
    return WavPlayer(path or Path("story.wav"), rate, settings.volume)
