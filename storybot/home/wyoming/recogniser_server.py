"""Has another machine recognise for the daemon, which has a Unix socket and no network.

The form of request and answer is in storybot/hearing/second/wyoming.py.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient

from storybot.home.wyoming.unix_server import MARGIN_S, Answering, serve_socket

RATE_HZ, SAMPLE_BYTES = 16000, 2  # int16, mono
PIECE_BYTES = 8192
SPEECH_MAX_BYTES = 40 * RATE_HZ * SAMPLE_BYTES
LANGUAGE = "en"


@dataclass(frozen=True)
class RecogniserSocket:
    """What the daemon's side of the socket expects."""

    socket: str
    timeout: float  # s that it waits for the text


class RecogniserServer:
    """`run` until SIGTERM."""

    def __init__(self, remote: tuple[str, int], asked: RecogniserSocket) -> None:
        self._host, self._port = remote
        self._asked = asked
        self._place = f"{self._host}:{self._port}"
        self._answering = Answering(self._place, "does not recognise", "recognises again")

    async def run(self) -> None:
        """StorybotError where the socket cannot be made."""
        lent = f"the recogniser of {self._place}"
        await serve_socket(Path(self._asked.socket), "storybot-recogniser", lent, self._serve)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One utterance a connection."""
        await self._answering.carry_out(self._utterance(reader, writer), writer)

    async def _utterance(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        async with asyncio.timeout(self._asked.timeout - MARGIN_S):
            speech = await _speech(reader)
            if speech is None:
                return False
            text = await self._recognised(speech)
            writer.write(json.dumps({"text": text}).encode() + b"\n")
            await writer.drain()
        return True

    async def _recognised(self, speech: bytes) -> str:
        form = {"rate": RATE_HZ, "width": SAMPLE_BYTES, "channels": 1}
        async with AsyncTcpClient(self._host, self._port) as client:
            await client.write_event(Transcribe(language=LANGUAGE).event())
            await client.write_event(AudioStart(**form).event())
            for begin in range(0, len(speech), PIECE_BYTES):
                piece = speech[begin : begin + PIECE_BYTES]
                await client.write_event(AudioChunk(audio=piece, **form).event())
            await client.write_event(AudioStop().event())
            while (event := await client.read_event()) is not None:
                if Transcript.is_type(event.type):
                    return Transcript.from_event(event).text
        raise EOFError("it hung up")


async def _speech(reader: asyncio.StreamReader) -> bytes | None:
    """What is to be recognised; None where the daemon has gone."""
    try:
        count = int(json.loads(await reader.readline())["bytes"])
        if not 0 < count <= SPEECH_MAX_BYTES:
            return None
        return await reader.readexactly(count)
    except (ValueError, KeyError, TypeError, EOFError):
        return None
