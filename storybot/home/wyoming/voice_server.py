"""Has another machine speak for the daemon, which has a Unix socket and no network.

The form of request and answer is in storybot/speaking/voices/wyoming.py.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wyoming.audio import AudioChunk, AudioChunkConverter, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.tts import Synthesize

from storybot.errors import Exit, StorybotError

LOG = logging.getLogger("storybot")
SAMPLE_BYTES = 2  # int16, mono
LINE_MAX_BYTES = 8192
MARGIN_S = 0.2  # by which the other machine has less time than the daemon waits for us


@dataclass(frozen=True)
class Asked:
    """What the daemon's side of the socket expects."""

    socket: str
    rate: int  # Hz
    head: struct.Struct  # of a frame: its length
    timeout: float  # s that it waits for further samples


class VoiceServer:
    """`run` until SIGTERM."""

    def __init__(self, remote: tuple[str, int], asked: Asked) -> None:
        self._host, self._port = remote
        self._asked, self._path = asked, Path(asked.socket)
        self._answers = True  # the other machine did when it was asked last

    async def run(self) -> None:
        """StorybotError where the socket cannot be made."""
        try:
            self._path.unlink(missing_ok=True)
            before = os.umask(0o117)  # rw for owner and group
            try:
                server = await asyncio.start_unix_server(
                    self._serve, self._path, limit=LINE_MAX_BYTES
                )
            finally:
                os.umask(before)
        except OSError as error:
            raise StorybotError(
                f"the socket {self._path} cannot be made ({error.strerror or error}); "
                "this runs as storybot-voice.service",
                Exit.DAEMON,
            ) from error
        LOG.info("the voice of %s:%d is lent at %s", self._host, self._port, self._path)
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            async with server:
                await server.serve_forever()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One sentence a connection; where something fails the end is missing."""
        try:
            request = json.loads(await reader.readline())
            await self._speak(str(request["text"]), writer)
        except (OSError, TimeoutError, ValueError, KeyError, TypeError, EOFError) as error:
            if self._answers:
                LOG.warning("%s:%d does not speak (%s)", self._host, self._port, _why(error))
            self._answers = False
        except asyncio.CancelledError:
            pass  # the process ends, and this task with it
        else:
            if not self._answers:
                LOG.info("%s:%d speaks again", self._host, self._port)
            self._answers = True
        finally:
            writer.close()

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


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
