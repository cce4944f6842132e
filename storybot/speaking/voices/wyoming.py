"""Another machine's voice, by way of `storybot wyoming --voice`; the box's own where it is gone.

That process has the network, we have a Unix socket: a line of JSON with the text goes there, and
frames come back, each 4 bytes of length (big endian) and so many bytes of int16 samples, mono. A
frame of length 0 says that the sentence is whole; without one it is not.
"""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import struct
import time
from dataclasses import replace

from storybot.config.schema import SpeakingSettings
from storybot.speaking.voices.voice import OnPcm, SpeechParameters, Voice, hand_on

LOG = logging.getLogger("storybot")
ABOUT = "a voice of another machine; the box's own where that is gone"
SOCKET = "/run/storybot-voice/socket"
SAMPLE_RATE_HZ = 22050  # Hz, of what comes back
ANSWER_TIMEOUT_S = 2.0  # for the first bytes, and for further ones
SENTENCE_TIMEOUT_S = 8.0  # for all of them: the box must not be silent for longer
RETRY_S = 30.0  # from a failure to the next try: a machine that is gone delays few sentences
SOUND_MAX_BYTES = 60 * SAMPLE_RATE_HZ * 2  # of one sentence
HEAD = struct.Struct(">I")


class WyomingVoice:
    """A sentence is spoken when all of its sound is here: by one voice, from its first word on."""

    name = "wyoming"

    def __init__(self, own: Voice, path: str = SOCKET) -> None:
        """`own` speaks where the other machine does not; its rate must be SAMPLE_RATE_HZ."""
        self._own, self._path = own, path
        self.rate = own.rate
        self.level = own.level  # what comes from elsewhere is made as much louder as our own
        self._connection: socket.socket | None = None
        self._stopped = False  # since the sentence began
        self._not_before = 0.0  # monotonic s
        self._answers = True  # it did when it was tried last

    def synthesise(self, text: str, parameters: SpeechParameters, on_pcm: OnPcm) -> None:
        self._stopped = False
        sound = self._borrowed(text) if time.monotonic() >= self._not_before else None
        if sound is None:
            self._own.synthesise(text, parameters, on_pcm)
        else:
            hand_on(text, sound, self.rate, on_pcm)

    def stop(self) -> None:
        self._stopped = True
        connection = self._connection
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._own.stop()

    def rest(self) -> None:
        self._own.rest()

    def _borrowed(self, text: str) -> bytes | None:
        """The sentence's sound from the other machine; None where it does not answer in time."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                self._connection = connection
                connection.settimeout(ANSWER_TIMEOUT_S)
                connection.connect(self._path)
                connection.sendall(json.dumps({"text": text}).encode() + b"\n")
                sound = _frames(connection, time.monotonic() + SENTENCE_TIMEOUT_S)
        except OSError as error:
            if self._stopped:  # we hung up: the other machine is not to blame
                return b""
            self._not_before = time.monotonic() + RETRY_S
            if self._answers:
                LOG.warning("the other machine's voice is gone (%s); the box's own speaks", error)
            self._answers = False
            return None
        finally:
            self._connection = None
        if not self._answers:
            LOG.info("the other machine's voice is back")
        self._answers = True
        return sound


def _frames(connection: socket.socket, limit: float) -> bytes:
    """All samples; OSError where the sentence is not whole at `limit`, in monotonic s."""
    sound = bytearray()
    while True:
        (length,) = HEAD.unpack(_bytes(connection, HEAD.size, limit))
        if length == 0:
            return bytes(sound)
        if length % 2 or len(sound) + length > SOUND_MAX_BYTES:
            raise OSError("it sent what is no sentence")
        sound += _bytes(connection, length, limit)


def _bytes(connection: socket.socket, count: int, limit: float) -> bytes:
    """So many; the limit holds for them, too, however slowly they trickle in."""
    found = bytearray()
    while len(found) < count:
        left = limit - time.monotonic()
        if left <= 0:
            raise OSError("it is too slow")
        connection.settimeout(min(ANSWER_TIMEOUT_S, left))
        piece = connection.recv(count - len(found))
        if not piece:
            raise OSError("it broke off")
        found += piece
    return bytes(found)


def make(settings: SpeakingSettings) -> Voice:
    """The voice; the box's own alone where that has another rate than the samples that come."""
    from storybot.speaking.voices import choice  # it imports the drivers, of which we are one

    own = choice.make_voice(replace(settings, voice="auto"))
    return WyomingVoice(own) if own.rate == SAMPLE_RATE_HZ else own


def missing() -> str:
    """What has to be installed for it: nothing, the box's own voice is enough."""
    return ""
