"""Has another machine speak for the daemon, which has a Unix socket and no network.

The form of request and answer is in storybot/speaking/voices/wyoming.py.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass
from pathlib import Path

from wyoming.audio import AudioChunk, AudioChunkConverter, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.tts import Synthesize

from storybot.home.wyoming.unix_server import MARGIN_S, Answering, serve_socket

SAMPLE_BYTES = 2  # int16, mono


@dataclass(frozen=True)
class VoiceSocket:
    """What the daemon's side of the socket expects."""

    socket: str
    rate: int  # Hz
    head: struct.Struct  # of a frame: its length
    timeout: float  # s that it waits for further samples


class VoiceServer:
    """`run` until SIGTERM."""

    def __init__(self, remote: tuple[str, int], asked: VoiceSocket) -> None:
        self._host, self._port = remote
        self._asked = asked
        self._place = f"{self._host}:{self._port}"
        self._answering = Answering(self._place, "does not speak", "speaks again")

    async def run(self) -> None:
        """StorybotError where the socket cannot be made."""
        lent = f"the voice of {self._place}"
        await serve_socket(Path(self._asked.socket), "storybot-voice", lent, self._serve)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One phrase a connection."""
        await self._answering.carry_out(self._phrase(reader, writer), writer)

    async def _phrase(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = json.loads(await reader.readline())
        await self._speak(str(request["text"]), writer)
        return True

    async def _speak(self, text: str, writer: asyncio.StreamWriter) -> None:
        converter = AudioChunkConverter(rate=self._asked.rate, width=SAMPLE_BYTES, channels=1)
        head, timeout = self._asked.head, self._asked.timeout - MARGIN_S
        client = AsyncTcpClient(
            self._host,
            self._port,
            connect_timeout=timeout,
            read_timeout=timeout,
        )
        async with client:
            await client.write_event(Synthesize(text).event())
            while (event := await client.read_event()) is not None:
                if AudioStop.is_type(event.type):
                    writer.write(head.pack(0))
                    await writer.drain()
                    return
                if AudioChunk.is_type(event.type):
                    sound = converter.convert(AudioChunk.from_event(event)).audio
                    if sound:
                        writer.write(head.pack(len(sound)) + sound)
                        await writer.drain()
        raise EOFError("it hung up")
