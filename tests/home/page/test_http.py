"""The page over HTTP: who is let in, what may be asked, and what strangers send."""

from __future__ import annotations

import io
import json
import os
import random
import socket
import threading
import time
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from storybot.cli.main import main
from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import ForgetEverything
from tests.home.broker import resident_mb
from tests.home.page.processes import PageProcess
from tests.home.processes import Daemon

SLOW_CLIENTS = 50
QUICK_S = 2.0  # an answer to somebody else, while slow ones are there
MEMORY_MAX_MB = 40.0
ODD_REQUESTS = 2000


@contextmanager
def connection(served: PageProcess, timeout: float = 20.0) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", served.port), timeout) as one:
        yield one


def raw(served: PageProcess, data: bytes) -> bytes:
    """All that comes back for these bytes."""
    with connection(served) as one:
        found = b""
        try:
            one.sendall(data)
            while more := one.recv(65536):
                found += more
        except ConnectionError:
            pass
        return found


def get(path: str, *lines: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: localhost", *lines, "", "")).encode()


def test_every_answer_is_guarded(served: PageProcess) -> None:
    for path in ("/", "/page.js", "/nothing", "/api/box"):
        answer = raw(served, get(path))
        assert b"Content-Security-Policy: default-src 'self';" in answer
        assert b"X-Content-Type-Options: nosniff" in answer
    assert raw(served, b"nonsense\r\n\r\n").startswith(b"HTTP/1.0 400 ")
    page = served.get("/")[1].decode()
    assert "http://" not in page and "https://" not in page, "nothing from elsewhere"


def test_strangers_see_nothing(served: PageProcess) -> None:
    for path in ("/api/box", "/api/events", "/stories/1"):
        for cookie in ("", "storybot=", "storybot=a.b", "other=1"):
            assert served.get(path, Cookie=cookie)[0] == 401
    status, body = served.post("/api/do", {"do": "stop"})
    assert (status, json.loads(body)["code"]) == (401, "not-paired")


def test_pairing_as_it_is_done(served: PageProcess, capsys: pytest.CaptureFixture[str],
                               monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("XDG_STATE_HOME", str(served.log.parent / "state"))
    for name in [one for one in os.environ if one.startswith(("STORYBOT_", "STATE_DIRECTORY"))]:
        monkeypatch.delenv(name)  # what the tests themselves are told is no setting
    monkeypatch.setattr("storybot.cli.page.SERVICE_STATE", served.log.parent / "none")
    assert main(["page", "--code", "--json"]) == 0
    code = json.loads(capsys.readouterr().out)["code"]
    origin = {"Origin": served.url, "Content-Type": "application/json", "Host": "localhost"}
    body = json.dumps({"code": code})
    lines = [f"{name}: {value}" for name, value in origin.items() if name != "Origin"]
    head = "\r\n".join(
        ("POST /api/pair HTTP/1.1", *lines, "Origin: http://localhost",
         f"Content-Length: {len(body)}", "", body)
    )  # fmt: skip
    answer = raw(served, head.encode()).decode()
    assert answer.startswith("HTTP/1.0 204 ")
    (cookie,) = (line for line in answer.split("\r\n") if line.startswith("Set-Cookie: "))
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="))
    given = cookie.removeprefix("Set-Cookie: ").partition(";")[0]
    status, found = served.get("/api/box", Cookie=given)
    shown = json.loads(found)
    assert status == 200 and shown["volume"] == {"floor": 20, "cap": 80}
    assert served.post("/api/pair", {"code": code})[0] == 403, "it was used"
    assert main(["page", "--forget"]) == 0
    assert served.get("/api/box", Cookie=given)[0] == 401


def test_guesses_are_few(served: PageProcess) -> None:
    tried = [served.post("/api/pair", {"code": f"{one:06}"})[0] for one in range(12)]
    assert set(tried) <= {403, 429} and tried[-1] == 429


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"do": "status"}, "not-for-the-page"),
        ({"do": "watch"}, "not-for-the-page"),
        ({"do": "level"}, "not-for-the-page"),
        ({"do": "say-code", "code": "123456"}, "not-for-the-page"),
        ({"do": "forget-everything"}, "not-for-the-page"),
        ({"do": "forbidden-remove", "word": "gun"}, "bad-word"),
        ({"do": "set", "settings": {"speaking.speed": 100}}, "not-for-the-page"),
        ({"do": "set", "settings": {"safety.filter": False}}, "not-for-the-page"),
        ({"do": "set", "settings": {"bedtime.quiet_from": "soon"}}, "bad-setting"),
        ({"do": "tell-saved", "story": 99999}, "no-story"),
        ({"do": "library-remove", "story": 99999}, "no-story"),
        ({"do": "ask", "text": "turn the lights off"}, "not-understood"),
        ({"do": "ask"}, "bad-request"),
        ({"do": "ask", "text": "a" * 501}, "bad-request"),
        ({"do": "fly"}, "bad-request"),
        ({"do": "stop", "v": 1, "more": 1}, "bad-request"),
        ([1, 2], "bad-request"),
        ("stop", "bad-request"),
        (None, "bad-request"),
    ],
)
def test_what_may_not_be_asked(served: PageProcess, request_: Any, code: str) -> None:
    status, body = served.post("/api/do", request_, Cookie=served.pair())
    assert (status, json.loads(body)["code"]) == (409, code)


def test_what_may_be_asked(served: PageProcess, daemon: Daemon) -> None:
    daemon.calm()
    assert served.do(do="volume", percent=99)["volume"] == 80, "the cap holds"
    assert served.do(do="volume", percent=1)["volume"] == 20, "and the floor"
    story = served.do(do="ask", text="a story about a cat")["story"]
    daemon.until("idle")
    listed = served.do(do="library-list")["library"]
    assert listed[0]["story"] == story and not listed[0]["favourite"]
    assert served.do(do="library-favourite", story=story, favourite=True)["status"] == 200
    assert served.do(do="library-list")["library"][0]["favourite"]
    status, text = served.get(f"/stories/{story}", Cookie=served.cookie)
    told = served.do(do="library-show", story=story)["text"]
    assert status == 200 and text.decode().split()[:5] == ["A", "story", "about", "a", "cat."]
    assert text.decode().split()[5:] == told.split()
    assert served.do(do="library-remove", story=story)["status"] == 200
    assert served.get(f"/stories/{story}", Cookie=served.cookie)[0] == 404
    for hours in (("03:00", "03:01"), ("", "")):
        quiet = dict(zip(("bedtime.quiet_from", "bedtime.quiet_until"), hours, strict=True))
        settings = served.do(do="set", settings=quiet)["settings"]
        assert settings["bedtime.quiet_until"] == hours[1]


def test_a_story_as_sound(served: PageProcess, daemon: Daemon) -> None:
    """One at a time; the daemon answers meanwhile, and nothing is left behind."""
    daemon.calm()
    served.rest()
    story = served.do(do="ask", text="a story about a cat")["story"]
    daemon.until("idle")
    cookie, path = served.pair(), f"/sounds/{story}"
    with ThreadPoolExecutor() as threads:
        asked = [threads.submit(served.get, f"{path}.wav", Cookie=cookie) for _ in range(2)]
        assert daemon.status()["state"] == "idle"
        answers = sorted(one.result() for one in asked)
    assert [status for status, _ in answers] == [200, 409]
    assert json.loads(answers[1][1])["code"] == "busy"
    with wave.open(io.BytesIO(answers[0][1])) as sound:
        assert sound.getnchannels() == 1 and sound.getnframes() > 3 * sound.getframerate()
    kinds = json.loads(served.get("/api/box", Cookie=cookie)[1])["sounds"]
    assert kinds == (["mp3", "wav"] if find_spec("lameenc") else ["wav"])
    status, found = served.get(f"{path}.mp3", Cookie=cookie)
    if "mp3" in kinds:
        assert status == 200 and found[0] == 255 and len(found) < len(answers[0][1]) / 3
    else:
        assert status == 409 and b"not saved as mp3" in found
    folder = served.pairing._secret.parent
    assert not list(folder.glob("*.wav*")) and not list(folder.glob("*.mp3*"))
    for ending in (".ogg", ""):
        assert served.get(f"{path}{ending}", Cookie=cookie)[0] == 404
    assert served.get(f"{path}.wav")[0] == 401
    assert json.loads(served.get("/sounds/99999.wav", Cookie=cookie)[1])["code"] == "no-story"


def test_words_and_one_more(served: PageProcess, daemon: Daemon) -> None:
    assert served.do(do="words-add", word="Mimi", what="cat")["words"][0]["word"] == "Mimi"
    assert served.do(do="words-remove", word="Mimi")["words"] == []
    assert served.do(do="forbidden-add", word="spider")["forbidden"] == ["spider"]
    assert served.do(do="ask", text="a story about a spider")["code"] == "not-allowed"
    assert served.do(do="forbidden-remove", word="spider")["forbidden"] == []
    assert served.do(do="one-more")["said"]
    daemon.until("asleep")
    served.do(do="sleep")
    daemon.until("idle")


def test_the_level_without_a_microphone(served: PageProcess, daemon: Daemon) -> None:
    """The browser is told that there is none, and the daemon's connection ends with its reader."""
    until_clients(daemon, 1)  # the page itself; those of earlier requests may be ending
    with connection(served) as one:
        one.sendall(get("/api/level", f"Cookie: {served.pair()}"))
        found, limit = b"", time.monotonic() + 60
        while b"data: null" not in found:
            more = one.recv(65536)
            assert more and time.monotonic() < limit, found
            found += more
        until_clients(daemon, 2)
    until_clients(daemon, 1)


def until_clients(daemon: Daemon, count: int) -> None:
    limit = time.monotonic() + 20
    while daemon.clients() != count:
        assert time.monotonic() < limit, daemon.clients()
        time.sleep(0.1)


def test_a_box_without_a_button_says_no_code(served: PageProcess) -> None:
    """And anybody may wish for one a few times only."""
    said = [served.post("/api/pair/say", {}) for _ in range(5)]
    assert [status for status, _ in said] == [409, 409, 409, 429, 429]
    assert json.loads(said[0][1])["code"] == "parts-missing"


def test_events(served: PageProcess, daemon: Daemon) -> None:
    """Of a story that is told at once a reader may miss any state but the last."""
    daemon.calm()
    limit = time.monotonic() + 60
    with connection(served) as one:
        one.sendall(get("/api/events", f"Cookie: {served.pair()}"))
        served.do(do="ask", text="a story about a dog")
        found = b""
        while b'"state":"idle"' not in found.partition(b'"title":"A story about a dog."')[2]:
            more = one.recv(65536)
            assert more and time.monotonic() < limit, found
            found += more
    assert b"event: told" in found and b"event: word" in found


def test_too_large_and_too_slow(served: PageProcess) -> None:
    assert raw(served, get("/", f"X: {'a' * 9000}")).startswith(b"HTTP/1.0 431 ")
    assert raw(served, b"GET / HTTP/1.1\r\n" * 2000).startswith(b"HTTP/1.0 4")
    head = b"POST /api/do HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: 10000000\r\n\r\n"
    assert raw(served, head).startswith(b"HTTP/1.0 413 ")
    begun = time.monotonic()
    assert raw(served, b"GET / HTT").startswith(b"HTTP/1.0 408 ")
    assert raw(served, head.replace(b"10000000", b"100")).startswith(b"HTTP/1.0 408 ")
    assert time.monotonic() - begun < 15
    assert raw(served, get("/", "Host: evil.example")).startswith(b"HTTP/1.0 400 ")


def test_slow_clients_hurt_nobody(served: PageProcess, daemon: Daemon) -> None:
    """50 that send a byte now and then, 50 that do not read: others are answered, stories told."""
    daemon.calm()
    with ExitStack() as stack:
        slow = [stack.enter_context(connection(served)) for _ in range(SLOW_CLIENTS)]
        deaf = [stack.enter_context(connection(served)) for _ in range(SLOW_CLIENTS)]
        for one in deaf:
            one.sendall(get("/page.css"))
        ended = threading.Event()

        def drip() -> None:
            while not ended.wait(0.3):
                for one in slow:
                    try:
                        one.send(b"G")
                    except OSError:
                        continue

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            story = served.do(do="ask", text="a story about an owl")
            assert story["status"] == 200
            for _ in range(10):
                begun = time.monotonic()
                assert served.get("/")[0] == 200
                assert time.monotonic() - begun < QUICK_S
                time.sleep(0.2)
            daemon.until("idle")
        finally:
            ended.set()
            dripping.join()
        assert served.process is not None and resident_mb(served.process.pid) < MEMORY_MAX_MB


def test_odd_http(served: PageProcess) -> None:
    """Nonsense at random and requests with faults in them: it goes on, and nothing is let in."""
    chance = random.Random(14)
    time.sleep(3)  # the bucket of this address fills
    plain = get("/api/do", "Cookie: storybot=a.b", "Content-Length: 4") + b"stop"
    limit = time.monotonic() + 60
    for number in range(ODD_REQUESTS):
        data = bytearray(plain)
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(len(data))
            kind = chance.randrange(4)
            if kind == 0:
                data[at] = chance.randrange(256)
            elif kind == 1:
                del data[at : at + chance.randrange(1, 9)]
            elif kind == 2:
                data[at:at] = chance.randbytes(chance.randrange(1, 9))
            else:
                data[at:at] = chance.choice([b"\r\n", b"\r\n\r\n", b":", b"%", b"\0", b"-1", b" "])
            if not data:
                data = bytearray(b"\n")
        with connection(served) as one:
            try:
                one.sendall(bytes(data) + b"\r\n\r\n")
                one.shutdown(socket.SHUT_WR)
                found = one.recv(65536)
            except ConnectionError:
                continue
        refused = not found or found.startswith(b"HTTP/1.0 4")
        assert refused or b"GET / " in data, (number, bytes(data), found)
        if time.monotonic() > limit:
            break
    assert number > 100
    assert "Traceback" not in served.said()
    served.until_it_answers()


def test_the_daemon_goes_and_comes(tmp_path: Path) -> None:
    """The page stays, says that nobody answers, and finds the daemon again."""
    with PageProcess(tmp_path, str(tmp_path / "control")) as alone:
        answer = alone.do(do="stop")
        assert (answer["status"], answer["code"]) == (409, "gone")
        with Daemon(tmp_path):
            assert alone.do(do="stop")["status"] == 200
        assert alone.do(do="stop")["code"] == "gone"
        assert alone.end() == 0


def test_what_keeps_it_from_starting(tmp_path: Path, served: PageProcess) -> None:
    taken = PageProcess(tmp_path, str(tmp_path / "control"))
    config = tmp_path / "page.yaml"
    config.write_text(config.read_text().replace(str(taken.port), str(served.port)))
    taken.start()
    assert taken.process is not None and taken.process.wait(20) == 3
    assert f"cannot be served at 127.0.0.1:{served.port}" in taken.said()
    wrong = PageProcess(tmp_path / "..", str(tmp_path / "control"), ", page_address: here")
    wrong.start()
    assert wrong.process is not None and wrong.process.wait(20) == 3
    assert "home.page_address: expected an address" in wrong.said()


def test_a_box_that_is_lent_to_others_forgets_its_devices(daemon: Daemon, tmp_path: Path) -> None:
    with PageProcess(tmp_path, daemon.socket) as lent:
        cookie = lent.pair()
        assert lent.get("/api/box", Cookie=cookie)[0] == 200
        ask(daemon.socket, ForgetEverything())
        limit = time.monotonic() + 20
        known = True
        while known:
            assert time.monotonic() < limit
            time.sleep(0.1)
            with suppress(ConnectionError):  # all connections are closed in that moment
                known = lent.get("/api/box", Cookie=cookie)[0] == 200
