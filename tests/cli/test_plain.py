"""Plain commands by the short way: words and exit codes as by the long way, in less memory."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
from binascii import crc32
from collections.abc import Callable
from pathlib import Path

import pytest

from storybot.cli import command_line, plain
from storybot.cli.main import main
from storybot.config import as_shipped, load
from storybot.controls.socket import client, messages, path, request_fields, requests
from storybot.errors import Exit
from tests.controls.test_client_faults import daemon_that
from tests.fakes.house import House, living

SENTENCES = [  # first those that change nothing
    ["status"],
    ["volume"],
    ["volume", "40"],
    ["volume", "60%"],
    ["ask", "a", "quiet", "gun"],  # refused
    ["ask", "what's", "the", "time"],
    ["ask", "louder"],
    ["ask", "good night"],
    ["volume", "+100"],
    ["volume", "0"],
    ["stop"],
]
ROOT = Path(__file__).parents[2]
MEASURED = """
import sys
sys.path.insert(0, {root!r})
from storybot.cli import plain
plain.SYSTEM_SOCKET = {socket!r}
from storybot.cli.main import main
print(main(["ask", "a story"]))
print(open("/proc/self/status").read())
print("modules", *sys.modules)
"""
LONG_WAY = 99  # the exit code where it was taken
Way = Callable[..., tuple[int, str, str]]


@pytest.fixture
def way(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Way:
    """Types a command, whose short way is open or not."""

    def type_it(words: list[str], address: str, *, short: bool) -> tuple[int, str, str]:
        with monkeypatch.context() as here:
            if short:
                here.setattr(plain, "SYSTEM_SOCKET", address)
                here.setattr(command_line, "_run", lambda *_: LONG_WAY)
            else:
                here.setattr(plain, "is_as_shipped", lambda: False)
                here.setattr(client, "client_path", lambda _: Path(address))
            code = main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return type_it


def test_both_ways_say_the_same(tmp_path: Path, way: Way) -> None:
    async def said(folder: Path, short: bool) -> list[tuple[int, str, str]]:
        folder.mkdir()
        house = House(folder)
        found = []
        async with living(house):
            for words in SENTENCES:
                type_it = asyncio.to_thread(way, words, house.settings.controls.socket, short=short)
                code, out, error = await type_it
                found.append((code, re.sub(r"up +\d+ s", "up", out), error))
        return found

    short = asyncio.run(said(tmp_path / "short", True))
    assert short == asyncio.run(said(tmp_path / "long", False))
    assert LONG_WAY not in [code for code, _, _ in short]  # none of them took the long way
    assert [code for code, _, _ in short if code] == [Exit.DAEMON] * 2


@pytest.mark.parametrize("reply", [b"", b"nonsense\n", b'{"v":7}\n', b'{"v":2,"ok":false}\n'])
def test_both_ways_say_what_is_wrong(tmp_path: Path, way: Way, reply: bytes) -> None:
    def answer(talk: socket.socket) -> None:
        talk.recv(100)
        talk.sendall(reply)

    said = []
    for short in (True, False):
        folder = tmp_path / str(short)
        folder.mkdir()
        with daemon_that(answer, folder) as address:
            said.append(way(["stop"], address, short=short))
    assert said[0] == said[1]
    assert said[0][0] == Exit.DAEMON and said[0][2].startswith("storybot: ")


def test_a_long_answer_is_read_whole(tmp_path: Path, way: Way) -> None:
    def long_answer(talk: socket.socket) -> None:
        talk.recv(100)
        talk.sendall(b'{"v":2,"ok":true,"said":"' + b"a" * 9000)
        talk.sendall(b'b"}\n')

    with daemon_that(long_answer, tmp_path) as address:
        assert way(["ask", "me"], address, short=True) == (0, "a" * 9000 + "b\n", "")


def test_an_answer_is_waited_for_only_so_long(
    tmp_path: Path, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "ANSWER_TIMEOUT_S", 0.1)
    with daemon_that(lambda talk: bool(talk.recv(100) and talk.recv(100)), tmp_path) as address:
        code, _, error = way(["stop"], address, short=True)
    assert code == Exit.DAEMON and error.startswith("storybot: storybot did not answer within 10 s")


@pytest.mark.parametrize(
    "words",
    [
        ["ask"],
        ["ask", "--help"],
        ["ask", "a" * (request_fields.TEXT_MAX_CHARACTERS + 1)],
        ["stop", "it"],
        ["status", "--json"],
        ["volume", "-10"],
        ["volume", "loud"],
        ["volume", "101"],
        ["volume", "\N{SUPERSCRIPT TWO}"],
        ["volume", ""],
        ["volume", "1", "2"],
        ["library"],
        [],
    ],
)
def test_what_is_not_plain_is_left_to_the_commands_module(words: list[str]) -> None:
    assert plain._request(words) is None


def test_nobody_at_the_socket_is_left_to_the_commands_module(tmp_path: Path, way: Way) -> None:
    assert way(["stop"], str(tmp_path / "none"), short=True)[0] == LONG_WAY


def test_the_protocol_is_the_clients() -> None:
    assert plain.VERSION == messages.VERSION
    assert plain.ANSWER_TIMEOUT_S == client.ANSWER_TIMEOUT_S
    assert plain.REQUEST_MAX_CHARACTERS == request_fields.TEXT_MAX_CHARACTERS
    assert as_shipped.SYSTEM_SOCKET == path.SYSTEM_SOCKET
    for words, request in (
        (["ask", 'a "cät"', "\udc80"], requests.Ask('a "cät" \udc80')),
        (["stop"], requests.Stop()),
        (["status"], requests.Status()),
        (["volume"], requests.Volume()),
        (["volume", "7"], requests.Volume(percent=7)),
        (["volume", "+7%"], requests.Volume(by=7)),
    ):
        plainly = plain._request(words)
        assert plainly is not None
        assert plain.request_line(plainly) == messages.request_line(request)


def test_what_was_changed_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = tmp_path / "system.yaml"
    monkeypatch.setattr(as_shipped, "SYSTEM_FILE", str(system))
    monkeypatch.delenv("STORYBOT_SHARED", raising=False)
    assert as_shipped.is_as_shipped()  # STORYBOT_STATE is set, and is no setting
    shipped = load.shipped_file().read_bytes()
    assert crc32(shipped) == as_shipped.SHIPPED_CRC32  # change it with every change of config.yaml
    for file in (system, load.user_file()):
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_bytes(shipped)
        assert as_shipped.is_as_shipped()
        file.write_bytes(shipped + b"\n")
        assert not as_shipped.is_as_shipped()
        file.unlink()
        file.mkdir()
        assert not as_shipped.is_as_shipped()
        file.rmdir()
    monkeypatch.setenv("STORYBOT_CONTROLS_SOCKET", "")
    assert not as_shipped.is_as_shipped()


def test_it_is_small(tmp_path: Path) -> None:
    def answer(talk: socket.socket) -> None:
        talk.recv(100)
        talk.sendall(b'{"v":2,"ok":true,"said":"A story."}\n')

    def run(program: str) -> str:
        command = [sys.executable, "-I", "-S", "-c", program]
        empty = {"HOME": str(tmp_path)}
        done = subprocess.run(command, env=empty, capture_output=True, text=True, check=True)
        return done.stdout

    def most_kb(status: str) -> int:
        (found,) = re.findall(r"VmHWM:\s+(\d+) kB", status)
        return int(found)

    for _ in range(2):  # the first one may compile
        with daemon_that(answer, tmp_path) as address:
            told = run(MEASURED.format(root=str(ROOT), socket=address))
        Path(address).unlink()
    assert told.startswith("A story.\n0\n")
    bare = most_kb(run("print(open('/proc/self/status').read())"))
    assert most_kb(told) - bare < 2600  # 2,100 with Python 3.11; the long way takes 10,000
    modules = set(told.rpartition("\nmodules ")[2].split())
    assert not modules & {"argparse", "asyncio", "dataclasses", "pathlib", "socket", "typing"}
    assert not modules & {"yaml", "contextlib", "storybot.config.schema"}
