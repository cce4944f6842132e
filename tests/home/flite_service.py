"""A Wyoming text-to-speech service that speaks with flite, at 16 kHz.

`python -m tests.home.flite_service PORT`. A text with "hang" is never answered, one with "break" is
broken off; what was said once is said again at once.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import wave
from functools import cache
from pathlib import Path

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.server import AsyncEventHandler, AsyncTcpServer
from wyoming.tts import Synthesize

PIECE_BYTES = 4096


class Speaks(AsyncEventHandler):
    async def handle_event(self, event: Event) -> bool:
        if not Synthesize.is_type(event.type):
            return True
        text = Synthesize.from_event(event).text
        print(text, flush=True)
        if "hang" in text:
            await asyncio.sleep(3600)
        rate, sound = spoken(text)
        await self.write_event(AudioStart(rate, 2, 1).event())
        for begin in range(0, len(sound), PIECE_BYTES):
            if "break" in text and begin:
                return False
            piece = sound[begin : begin + PIECE_BYTES]
            await self.write_event(AudioChunk(rate, 2, 1, piece).event())
        await self.write_event(AudioStop().event())
        return True


@cache
def spoken(text: str) -> tuple[int, bytes]:
    """Rate in Hz and int16 samples."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", path], check=True)
        with wave.open(str(path)) as wav:
            return wav.getframerate(), wav.readframes(wav.getnframes())


if __name__ == "__main__":
    asyncio.run(AsyncTcpServer("127.0.0.1", int(sys.argv[1])).run(Speaks))
