"""A Wyoming speech-to-text service that recognises a few requests with PocketSphinx.

`python -m tests.home.hearing_service PORT`. Of an utterance of more than HANG_S it says nothing.
"""

from __future__ import annotations

import asyncio
import sys

import pocketsphinx
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStop
from wyoming.event import Event
from wyoming.server import AsyncEventHandler, AsyncTcpServer

RATE_HZ, SAMPLE_BYTES = 16000, 2
HANG_S = 10.0
# So few that the answer comes in time on a busy machine.
GRAMMAR = "#JSGF V1.0; grammar g; public <r> = tell me a story [about a (dragon | cat | boat)];"


class Hears(AsyncEventHandler):
    speech = b""

    async def handle_event(self, event: Event) -> bool:
        if AudioChunk.is_type(event.type):
            chunk = AudioChunk.from_event(event)
            assert (chunk.rate, chunk.width, chunk.channels) == (RATE_HZ, SAMPLE_BYTES, 1)
            self.speech += chunk.audio
        elif AudioStop.is_type(event.type):
            if len(self.speech) > HANG_S * RATE_HZ * SAMPLE_BYTES:
                await asyncio.sleep(3600)
            await self.write_event(Transcript(recognised(self.speech)).event())
        return True


def recognised(speech: bytes) -> str:
    decoder.start_utt()
    decoder.process_raw(speech, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr if found else ""


if __name__ == "__main__":
    decoder = pocketsphinx.Decoder(samprate=RATE_HZ, loglevel="FATAL", lm=None)
    decoder.add_jsgf_string("requests", GRAMMAR)
    decoder.activate_search("requests")
    asyncio.run(AsyncTcpServer("127.0.0.1", int(sys.argv[1])).run(Hears))
