"""`storybot wyoming` asked by wyoming's own client, with a real daemon behind it."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.event import Event
from wyoming.handle import Handled, HandledChunk, HandledStart, HandledStop, NotHandled
from wyoming.info import Describe, Info
from wyoming.intent import Entity, Intent, NotRecognized, Recognize
from wyoming.ping import Ping, Pong

from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Ask, Sleep, Status
from storybot.errors import Exit
from tests.home.broker import resident_mb
from tests.home.processes import ENGINE, Daemon, StoryServer, nobodys_settings

LONGEST_S = 60.0
CONTEXT = {"conversation_id": "01K"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, daemon: Daemon) -> Iterator[StoryServer]:
    with StoryServer(tmp_path_factory.mktemp("server"), daemon.socket) as running:
        yield running


@pytest.fixture(autouse=True)
def calm(daemon: Daemon) -> None:
    ask(daemon.socket, Sleep())
    daemon.calm()


def asked(port: int, *events: Event, last: tuple[str, ...]) -> list[Event]:
    """All that is answered to these, up to one of the type `last`."""

    async def talk() -> list[Event]:
        async with AsyncTcpClient("127.0.0.1", port) as client:
            for event in events:
                await client.write_event(event)
            found: list[Event] = []
            while not found or found[-1].type not in last:
                event = await asyncio.wait_for(client.read_event(), LONGEST_S)
                assert event is not None, found
                found.append(event)
            return found

    return asyncio.run(talk())


def told(server: StoryServer, text: str, conversation: str = "01K") -> list[Event]:
    request = Transcript(text, context={"conversation_id": conversation}).event()
    return asked(server.port, request, last=("handled-stop", "not-handled"))


def whole(events: list[Event]) -> str:
    (text,) = [Handled.from_event(each).text for each in events if Handled.is_type(each.type)]
    assert text is not None
    return text


def test_it_describes_itself(server: StoryServer) -> None:
    """Home Assistant makes a conversation agent of what handles or recognises."""
    (answer,) = asked(server.port, Describe().event(), last=("info",))
    info = Info.from_event(answer)
    assert (
        [each.name for each in info.handle] == [each.name for each in info.intent] == ["storybot"]
    )
    assert info.handle[0].installed and info.handle[0].supports_handled_streaming
    assert info.handle[0].models[0].languages == info.intent[0].models[0].languages == ["en"]
    assert not info.asr and not info.tts and info.satellite is None


def test_a_story_in_sentences_and_as_a_whole(server: StoryServer, daemon: Daemon) -> None:
    """The stream is as the protocol has it; who knows no stream takes `handled` alone."""
    events = told(server, "tell me a story about a cat")
    assert HandledStart.from_event(events[0]).context == CONTEXT
    chunks = [HandledChunk.from_event(each).text for each in events if "chunk" in each.type]
    assert [each.type for each in events] == [
        "handled-start",
        *["handled-chunk"] * len(chunks),
        "handled",
        "handled-stop",
    ]
    assert len(chunks) > 2 and chunks[0] == "A story about a cat. "
    assert "".join(chunks).strip() == whole(events) and " cat" in whole(events)
    assert HandledStop.is_type(events[-1].type)
    status = daemon.status()
    assert status["state"] == "idle" and status["stories"] == 0, "the box told none"


def test_again_and_another_one(server: StoryServer) -> None:
    """Each conversation has its own last story."""
    cat, dog = told(server, "a story about a cat", "1"), told(server, "a story about a dog", "2")
    assert whole(told(server, "again", "1")) == whole(cat)
    assert whole(told(server, "again", "2")) == whole(dog)
    another = whole(told(server, "another one", "1"))
    assert another.startswith("A story about a cat.") and another != whole(cat)
    assert whole(told(server, "again", "nobody's")).startswith("A story about")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a story about a gun", "nicer"),
        ("what time is it", "did not understand"),
        ("louder", "did not understand"),
        ("", "did not understand"),
        ("x " * 5000, "did not understand"),
    ],
)
def test_what_is_not_handled(server: StoryServer, text: str, why: str) -> None:
    (answer,) = told(server, text)
    assert why in (NotHandled.from_event(answer).text or "")


def test_intents(server: StoryServer) -> None:
    """Recognised, and handled when they are given back."""
    request = Recognize("tell me a story about a dragon and a boat", CONTEXT).event()
    (answer,) = asked(server.port, request, last=("intent",))
    intent = Intent.from_event(answer)
    assert intent.name == "StorybotTell" and intent.context == CONTEXT
    assert intent.entities == [Entity("about", "dragon"), Entity("about", "boat")]
    assert intent.text == "A story about a dragon and a boat."
    events = asked(server.port, answer, last=("handled-stop",))
    assert whole(events).startswith("A story about a dragon and a boat.")
    for text, name in (("good night", "StorybotGoodNight"), ("stop", "StorybotStop")):
        (answer,) = asked(server.port, Recognize(text).event(), last=("intent",))
        assert Intent.from_event(answer).name == name
    (answer,) = asked(server.port, Recognize("a gun").event(), last=("not-recognized",))
    assert "nicer" in (NotRecognized.from_event(answer).text or "")
    (answer,) = asked(server.port, Intent("HassTurnOn").event(), last=("not-handled",))


def test_several_events_on_one_connection(server: StoryServer) -> None:
    events = (Event("audio-start"), Ping("x").event(), Event("y", {"text": 3}), Ping().event())
    answers = asked(server.port, *events, Describe().event(), last=("info",))
    assert [Pong.from_event(each).text for each in answers[:-1]] == ["x", None]


def test_the_box_comes_first(tmp_path: Path) -> None:
    engine = tmp_path / "engine"
    engine.write_text(f'#!/bin/sh\nexec {ENGINE} "$@"\n')
    engine.chmod(0o755)
    with Daemon(tmp_path, engine=engine) as busy, StoryServer(tmp_path, busy.socket) as server:
        engine.write_text("#!/bin/sh\nexec sleep 60\n")  # no story is told before it is stopped
        ask(busy.socket, Ask("a story about a dog"))
        (answer,) = told(server, "a story about a cat")
        assert "being told" in (NotHandled.from_event(answer).text or "")
        busy.calm()


def test_the_daemon_goes_and_comes(server: StoryServer, daemon: Daemon) -> None:
    daemon.end(signal.SIGKILL)
    (answer,) = told(server, "a story about a cat")
    assert "not running" in (NotHandled.from_event(answer).text or "")
    daemon.start()
    daemon.until("idle")
    assert whole(told(server, "a story about a cat"))


def odd_lines() -> Iterator[bytes]:
    draw = random.Random(14)
    for _ in range(1000):
        yield draw.randbytes(draw.randrange(1, 300)) + b"\n"
    for text in (
        b"[]", b"{}", b"null", b'{"type": 3}', b'{"type": "transcript"}', b"[" * 5000,
        b'{"type": "transcript", "data": []}', b'{"type": "transcript", "data": {"text": {}}}',
        b'{"type": "describe", "data_length": -1}', b'{"type": "describe", "data_length": "1"}',
        b'{"type": "describe", "data_length": 999999999999}',
        b'{"type": "describe", "payload_length": 99999999}',
        b'{"type": "describe", "data_length": true}', b'{"type": "describe", "data_length": 1e9}',
        b'{"type": "recognize", "data": {"text": "\\ud800"}}',
        b'{"type": "transcript", "data": {"text": "\\ud800", "context": {"conversation_id": []}}}',
        b'{"type": "intent"}', b'{"type": "intent", "data": {"name": []}}',
        b'{"type": "intent", "data": {"name": "StorybotTell", "entities": [{"x": 1}]}}',
        b'{"type": "intent", "data": {"name": "StorybotTell", "entities": 7}}',
        b'{"type": "' + b"x" * 100_000,
    ):  # fmt: skip
        yield text + b"\n"


def test_odd_lines(server: StoryServer) -> None:
    """Each on a connection of its own; the server is as before."""
    assert server.process is not None
    before = resident_mb(server.process.pid)
    for line in odd_lines():
        with socket.create_connection(("127.0.0.1", server.port), 5.0) as connection:
            connection.sendall(line)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(20.0)
            try:
                while connection.recv(65536):
                    pass
            except ConnectionError:
                pass
    assert asked(server.port, Describe().event(), last=("info",))
    assert "Traceback" not in server.said()
    assert resident_mb(server.process.pid) < before + 5


def test_too_many_clients_and_silent_ones(server: StoryServer) -> None:
    """Those beyond the sixteenth are sent away; who leaves makes room."""
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(16)]
    with socket.create_connection(("127.0.0.1", server.port)) as late:
        late.settimeout(LONGEST_S)
        assert late.recv(10) == b""
    for connection in idle:
        connection.close()
    limit = time.monotonic() + LONGEST_S
    while not has_room(server.port):
        assert time.monotonic() < limit
        time.sleep(0.1)


def has_room(port: int) -> bool:
    """Whether one more client is answered."""
    try:
        return bool(asked(port, Describe().event(), last=("info",)))
    except (AssertionError, ConnectionError):  # it was sent away
        return False


def test_a_client_that_leaves_ends_its_story(server: StoryServer, daemon: Daemon) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        data = json.dumps({"type": "transcript", "data": {"text": "a story about a cat"}})
        connection.sendall(data.encode() + b"\n")
        assert connection.recv(100)
    limit = time.monotonic() + 20
    while (events := told(server, "a story about a dog"))[0].type == "not-handled":
        assert time.monotonic() < limit, events
        time.sleep(0.2)
    assert ask(daemon.socket, Status())["state"] == "idle"


def test_ends_in_good_order(tmp_path: Path, daemon: Daemon) -> None:
    with StoryServer(tmp_path, daemon.socket) as running:
        with socket.create_connection(("127.0.0.1", running.port)):
            assert running.end() == 0
        assert "Traceback" not in running.said()


def shown(tmp_path: Path, home: str, *words: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "config.yaml"
    path.write_text(f"home: {home}\n")
    command = [sys.executable, "-m", "storybot", "wyoming", "--config", str(path), *words]
    env = nobodys_settings(tmp_path)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)


def test_the_announcement(tmp_path: Path) -> None:
    done = shown(tmp_path, "{id: ab12, name: Tom & Ann, wyoming_port: 10901}", "--announcement")
    group = ElementTree.fromstring(done.stdout)
    assert group.tag == "service-group" and group.findtext("name") == "Tom & Ann"
    service = group.find("service")
    assert service is not None and service.findtext("type") == "_wyoming._tcp"
    assert service.findtext("port") == "10901"
    assert "id=ab12" in [each.text for each in service.findall("txt-record")]


@pytest.mark.parametrize("address", ["300.1.1.1", "a..b", "192.0.2.77"])
def test_an_address_that_cannot_be_used(tmp_path: Path, address: str) -> None:
    done = shown(tmp_path, f"{{wyoming_address: {address}}}")
    assert done.returncode == Exit.CONFIG and "home.wyoming_address" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
