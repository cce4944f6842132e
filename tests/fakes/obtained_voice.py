"""The module `piper` of a package that pip installs in a test: its voice says a tone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

PATHS = "def model_path(): return ''\ndef config_path(): return ''\n"  # of the voice's package


@dataclass(frozen=True)
class SynthesisConfig:
    """What piper_process asks for."""

    length_scale: float
    normalize_audio: bool


@dataclass(frozen=True)
class Chunk:
    """A piece of speech."""

    audio_int16_bytes: bytes


class PiperVoice:
    """A loaded voice."""

    @classmethod
    def load(cls, model: str, config: str) -> PiperVoice:
        return cls()

    def synthesize(self, text: str, settings: SynthesisConfig) -> Iterator[Chunk]:
        yield Chunk(b"\x00\x10\x00\xf0" * 5000)
