"""Another machine recognises for the box: real services behind `storybot wyoming --recogniser`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storybot.config.schema import HearingSettings
from storybot.hearing.second import wyoming as module
from storybot.hearing.second.choice import chosen, make_second
from storybot.hearing.second.confirmation import ANSWER_WAIT_S, Confirmation
from storybot.hearing.second.second_recogniser import State, Transcript
from storybot.hearing.second.wyoming import WyomingRecogniser
from storybot.hearing.utterance import Utterance
from storybot.home.wyoming.unix_server import MARGIN_S
from storybot.language.listening import ListenFor
from tests.fakes.recognisers import spoken
from tests.home.broker import free_port
from tests.home.hearing_service import HANG_S
from tests.home.lent_service import LentService
from tests.home.test_borrowed_voice import Service

ROOT = Path(__file__).parents[2]
WHISPER = ROOT / "build/whisper"  # made by `make test-home`: wyoming-faster-whisper and a model
WORDS = "tell me a story about a dragon"
KEYPHRASE = "tell me a story"
FALLBACK_S = 2.0  # asked for
PATIENCE_S = 60.0
PROGRAM = """
import asyncio, logging, sys
from storybot.home.wyoming.recogniser_server import RecogniserSocket, RecogniserServer
logging.basicConfig(level=logging.INFO, format="%(message)s")
asked = RecogniserSocket(sys.argv[2], float(sys.argv[3]))
asyncio.run(RecogniserServer(("127.0.0.1", int(sys.argv[1])), asked).run())
"""

pytest.importorskip("pocketsphinx")
pytestmark = pytest.mark.sound  # it keeps to real time


@pytest.fixture
def service() -> Iterator[Service]:
    port = free_port()
    running = Service([sys.executable, "-m", "tests.home.hearing_service", str(port)], port)
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def speech() -> bytes:
    return spoken(WORDS, "slt") + bytes(8000)


def answered(recogniser: WyomingRecogniser, speech: bytes) -> Transcript | None:
    """Its answer, however long that takes; None where it is lost."""
    if not recogniser.ask(speech, ()):
        return None
    limit = time.monotonic() + PATIENCE_S
    while recogniser.state is State.READY:
        if (found := recogniser.answer()) is not None:
            return found
        assert time.monotonic() < limit
        time.sleep(0.02)
    return None


def heard(recogniser: WyomingRecogniser, speech: bytes) -> tuple[str, float]:
    """What is told of a request, and after how many s."""
    confirmation = Confirmation(recogniser, KEYPHRASE)
    began = time.monotonic()
    confirmation.begin(Utterance("a dragon", -2.0, pcm=speech), ListenFor.REQUEST)
    (told,) = confirmation.wait()
    assert isinstance(told, Utterance)
    return told.text, time.monotonic() - began


def test_the_other_machine_is_asked(service: Service, speech: bytes, tmp_path: Path) -> None:
    with LentService(PROGRAM, service.port, tmp_path / "socket", PATIENCE_S) as running:
        recogniser = WyomingRecogniser(str(running.path))
        found = answered(recogniser, speech)
        assert found is not None and KEYPHRASE in found.text and found.lead is None
        assert answered(recogniser, speech) == found
        assert oct(running.path.stat().st_mode)[-3:] == "660"
    assert not running.path.exists()


def test_without_its_process_or_the_machine_the_box_decides(
    service: Service, speech: bytes, tmp_path: Path
) -> None:
    """At once, and the following ones, too."""
    recogniser = WyomingRecogniser(str(tmp_path / "none"))
    text, after = heard(recogniser, speech)
    assert text == "a dragon" and after < 0.2
    assert recogniser.state is State.LOST and "recogniser is gone" in recogniser.trouble
    service.kill()
    with LentService(PROGRAM, service.port, tmp_path / "socket", ANSWER_WAIT_S) as running:
        recogniser = WyomingRecogniser(str(running.path))
        text, after = heard(recogniser, speech)
        assert text == "a dragon" and after < FALLBACK_S
        text, after = heard(recogniser, speech)
        assert text == "a dragon" and after < 0.1
        assert running.said().count("does not recognise") == 1


def test_a_machine_that_hangs_costs_one_wait(
    service: Service, speech: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is asked again later; until it has answered it is lost."""
    monkeypatch.setattr(module, "RETRY_S", 1.0)
    long = speech + bytes(int(HANG_S * 32000))
    with LentService(PROGRAM, service.port, tmp_path / "socket", PATIENCE_S) as running:
        recogniser = WyomingRecogniser(str(running.path))
        assert answered(recogniser, speech) is not None
        text, after = heard(recogniser, long)
        assert text == "a dragon" and ANSWER_WAIT_S <= after < FALLBACK_S
        assert heard(recogniser, long)[1] < 0.1
        time.sleep(1.1)
        assert recogniser.state is State.LOST and "too slow" in recogniser.trouble
        assert answered(recogniser, speech) is not None
        assert recogniser.state is State.READY and recogniser.trouble == ""


def test_the_other_machine_has_less_time_than_the_box_waits(
    service: Service, speech: bytes, tmp_path: Path
) -> None:
    """So the process says that nobody recognises, and the box hears of it in time."""
    with LentService(PROGRAM, service.port, tmp_path / "socket", ANSWER_WAIT_S) as running:
        recogniser = WyomingRecogniser(str(running.path))
        text, after = heard(recogniser, speech + bytes(int(HANG_S * 32000)))
        assert text == "a dragon" and ANSWER_WAIT_S - 2 * MARGIN_S < after < ANSWER_WAIT_S
        assert running.said().count("does not recognise") == 1


def test_a_process_that_hangs_is_given_up(
    service: Service, speech: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_S", 0.5)
    with LentService(PROGRAM, service.port, tmp_path / "socket", ANSWER_WAIT_S) as running:
        running.process.send_signal(signal.SIGSTOP)
        recogniser = WyomingRecogniser(str(running.path))
        assert answered(recogniser, speech) is None and "hangs" in recogniser.trouble
        running.process.send_signal(signal.SIGCONT)


def test_odd_answers_are_none(tmp_path: Path, speech: bytes) -> None:
    import socket
    import threading

    for answer in (b"", b"[]\n", b'{"text"', b"x" * 9000, b'{"words": 1}\n'):
        path = str(tmp_path / f"odd{len(answer)}")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            server.bind(path)
            server.listen()

            def serve(listening: socket.socket = server, answer: bytes = answer) -> None:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(answer)

            threading.Thread(target=serve, daemon=True).start()
            assert answered(WyomingRecogniser(path), speech) is None, answer


def test_the_settings_choose_it_and_never_by_themselves() -> None:
    wanted = HearingSettings(second_opinion="wyoming")
    made = make_second(wanted, "full")
    assert made is not None and made.name == "wyoming" and make_second(wanted, "small") is None
    assert chosen(HearingSettings(), "full") != "wyoming"


@pytest.mark.skipif(not WHISPER.exists(), reason="needs wyoming-faster-whisper: make test-home")
def test_with_wyoming_faster_whisper(
    speech: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whisper's tiny.en, served by its own program, however busy this machine is."""
    monkeypatch.setattr("storybot.hearing.second.wyoming.LONGEST_S", PATIENCE_S)
    port = free_port()
    (model,) = {path.parent for path in WHISPER.glob("lib/python3*/site-packages/**/model.bin")}
    command: list[str | Path] = [
        WHISPER / "bin/wyoming-faster-whisper",
        *("--model", model, "--language", "en", "--beam-size", "1"),
        *("--uri", f"tcp://127.0.0.1:{port}", "--data-dir", tmp_path),
    ]
    service = Service(command, port)
    service.start(120.0)
    try:
        with LentService(PROGRAM, port, tmp_path / "socket", PATIENCE_S) as running:
            began = time.monotonic()
            found = answered(WyomingRecogniser(str(running.path)), speech)
            print(f"whisper: {found} after {time.monotonic() - began:.1f} s")
        assert found is not None and KEYPHRASE in found.text.lower()
    finally:
        service.kill()
