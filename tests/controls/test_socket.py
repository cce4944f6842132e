"""The control socket over real Unix sockets: good clients, bad ones, and those who do not read."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storybot.config.schema import ControlsSettings
from storybot.controls.socket import messages
from storybot.controls.socket.client import Client, ask
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import Message, Streamed
from storybot.controls.socket.protocol_1 import downgraded
from storybot.controls.socket.requests import Ask, ControlRequest, Status, Watch
from storybot.controls.socket.server import UNREAD_MAX_BYTES, Answer, SocketServer
from storybot.errors import Exit, StorybotError


async def echo(request: ControlRequest) -> Message:
    if isinstance(request, Ask) and request.text == "no":
        return messages.refusal(ErrorCode.NOT_RUNNING, "not now; ask later")
    return messages.answer(request=type(request).__name__)


@asynccontextmanager
async def serving(folder: Path, answer: Answer = echo) -> AsyncIterator[tuple[SocketServer, str]]:
    path = str(folder / "control")
    server = SocketServer(ControlsSettings(socket=path, socket_group=""), answer)
    await server.open()
    try:
        yield server, path
    finally:
        await server.close()


def run(body: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        await asyncio.wait_for(body(), 60)

    asyncio.run(limited())


def test_request_and_answer(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (_, path):
            assert stat.S_IMODE(Path(path).stat().st_mode) == 0o660
            reply = await asyncio.to_thread(ask, path, Status())
            assert reply["request"] == "Status"
            with pytest.raises(StorybotError, match="not now") as refused:
                await asyncio.to_thread(ask, path, Ask("no"))
            assert refused.value.code is Exit.DAEMON
        assert not Path(path).exists()

    run(body)


def test_two_clients_at_once(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (_, path):
            asked = [asyncio.to_thread(ask, path, Status()) for _ in range(10)]
            assert all(reply["ok"] for reply in await asyncio.gather(*asked))

    run(body)


def test_news_for_those_who_watch(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (server, path):

            def watch() -> list[str]:
                with Client(path) as client:
                    found = client.watch()
                    next(found)
                    return [next(found)["text"] for _ in range(2)]

            watching = asyncio.create_task(asyncio.to_thread(watch))
            while not server._watchers:
                await asyncio.sleep(0.01)
            server.publish(messages.news("word", text="once"))
            server.publish(messages.news("word", text="upon"))
            assert await watching == ["once", "upon"]

    run(body)


def test_news_end_when_their_client_has_gone(tmp_path: Path) -> None:
    """Also where none come by which that would be noticed."""
    ended = asyncio.Event()

    async def silence() -> AsyncGenerator[Message, None]:
        try:
            await asyncio.Event().wait()
            yield {}
        finally:
            ended.set()

    async def answer(_: ControlRequest) -> Streamed:
        return Streamed(messages.answer(), silence())

    async def body() -> None:
        async with serving(tmp_path, answer) as (_, path):
            await asyncio.to_thread(ask, path, Status())  # it hangs up after the answer
            await asyncio.wait_for(ended.wait(), 5.0)

    run(body)


def test_the_end_of_the_daemon_ends_watching(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (server, path):

            def watch() -> int:
                with Client(path) as client:
                    return len(list(client.watch()))

            watching = asyncio.create_task(asyncio.to_thread(watch))
            while not server._watchers:
                await asyncio.sleep(0.01)
            await server.close()
            assert await watching == 1

    run(body)


def test_ten_thousand_malformed_messages(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each is answered, few are logged, and a good client is served meanwhile."""
    chance = random.Random(3)

    async def body() -> None:
        async with serving(tmp_path) as (_, path):
            reader, writer = await asyncio.open_unix_connection(path)
            refused = 0
            for _ in range(100):
                for _ in range(100):
                    junk = chance.randbytes(chance.randrange(1, 60)).replace(b"\n", b"")
                    writer.write(junk + b"\n")
                await writer.drain()
                for _ in range(100):
                    refused += b'"ok":false' in await reader.readline()
            assert refused == 10_000
            assert (await asyncio.to_thread(ask, path, Status()))["ok"]
            writer.close()
            await asyncio.sleep(0.05)

    run(body)
    assert len(caplog.records) < 10
    assert "10000 bad messages" in caplog.text


def test_a_line_too_long(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (_, path):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"x" * 300_000 + b"\n" + messages.request_line(Status()))
            assert b"that is too long; a line has" in await reader.readline()
            assert b'"ok":true' in await reader.readline()
            writer.write(b"y" * 50_000)
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()

    run(body)


def test_who_does_not_read_is_dropped(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (server, path):
            deaf = socket.socket(socket.AF_UNIX)
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(path)
            deaf.sendall(messages.request_line(Watch()))
            while not server._watchers:
                await asyncio.sleep(0.01)
            line = messages.news("word", text="x" * 1000)
            sent = 0
            while server._watchers and sent < 100 * UNREAD_MAX_BYTES:
                server.publish(line)
                sent += 1000
                await asyncio.sleep(0)
            assert not server._watchers
            assert (await asyncio.to_thread(ask, path, Status()))["ok"]
            deaf.close()

    run(body)


def test_too_many_clients(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (server, path):
            others = [await asyncio.open_unix_connection(path) for _ in range(32)]
            while len(server._clients) < 32:
                await asyncio.sleep(0.01)
            for _ in range(5):
                with pytest.raises(StorybotError, match="too many"):
                    await asyncio.to_thread(ask, path, Status())
            for request, code in (
                (b'{"v":2,"do":"status"}\n', "too-many-clients"),
                (b'{"v":1,"do":"status"}\n', None),
                (b"", "too-many-clients"),  # it asks nothing
            ):
                reader, writer = await asyncio.open_unix_connection(path)
                writer.write(request)
                reply = json.loads(await reader.readline())
                assert "too many" in reply["error"] and reply.get("code") == code
                assert await reader.read() == b""
                writer.close()
            for _, writer in others:
                writer.close()
            while server._clients:
                await asyncio.sleep(0.01)
            assert (await asyncio.to_thread(ask, path, Status()))["ok"]

    run(body)


def test_a_second_daemon_is_refused_and_a_dead_socket_replaced(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (_, path):
            second = SocketServer(ControlsSettings(socket=path), echo)
            with pytest.raises(StorybotError, match="running already"):
                await second.open()
        left = socket.socket(socket.AF_UNIX)
        left.bind(path)
        left.close()
        async with serving(tmp_path) as (_, path):
            assert (await asyncio.to_thread(ask, path, Status()))["ok"]

    run(body)


def test_of_two_daemons_that_start_at_once_one_is_refused(tmp_path: Path) -> None:
    """Each would find that nobody answers yet: the lock decides, and the socket is the winner's."""

    async def body() -> None:
        settings = ControlsSettings(socket=str(tmp_path / "control"), socket_group="")
        daemons = [SocketServer(settings, echo) for _ in range(8)]
        opened = await asyncio.gather(*(one.open() for one in daemons), return_exceptions=True)
        assert [found for found in opened if found is None] == [None]
        assert all("running already" in str(found) for found in opened if found is not None)
        for one, found in zip(daemons, opened, strict=True):
            if found is not None:
                await one.close()  # which owns nothing
        assert (await asyncio.to_thread(ask, settings.socket, Status()))["ok"]
        await daemons[opened.index(None)].close()
        assert not Path(settings.socket).exists()

    run(body)


def test_a_lock_is_given_back_when_its_holder_is_killed(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from storybot.config.schema import ControlsSettings\n"
        "from storybot.controls.socket.server import SocketServer\n"
        "async def main():\n"
        "    await SocketServer(ControlsSettings(socket=sys.argv[1]), None).open()\n"
        "    print('open', flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    path = str(tmp_path / "control")
    other = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    killer = threading.Timer(60, other.kill)  # ends the reading, too
    killer.start()
    said = other.stdout.readline()
    killer.cancel()
    assert said == "open\n"

    async def body() -> None:
        with pytest.raises(StorybotError, match="running already"):
            await SocketServer(ControlsSettings(socket=path), echo).open()
        other.kill()
        other.wait()
        async with serving(tmp_path) as (_, path_again):
            assert (await asyncio.to_thread(ask, path_again, Status()))["ok"]

    try:
        run(body)
    finally:
        other.kill()
        other.communicate()


def test_closing_leaves_what_another_has_put_there(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (_, path):
            Path(path).unlink()
            other = socket.socket(socket.AF_UNIX)
            other.bind(path)
        assert Path(path).is_socket()
        other.close()

    run(body)


def test_a_socket_that_another_took_is_left_to_it_and_the_lock_is_kept(tmp_path: Path) -> None:
    """As a storybot does that knows of no lock; a third one is kept off all the same."""

    async def body() -> None:
        async with serving(tmp_path) as (server, path):
            Path(path).unlink()
            other = socket.socket(socket.AF_UNIX)
            other.bind(path)
            other.listen()
            with pytest.raises(StorybotError, match="running already"):
                await server.reopen()
            assert not server.is_there()
            other.close()
            with pytest.raises(StorybotError, match="running already"):
                await SocketServer(ControlsSettings(socket=path), echo).open()
            await server.reopen()
            assert server.is_there()
            assert (await asyncio.to_thread(ask, path, Status()))["ok"]

    run(body)


def test_each_client_is_answered_in_its_own_version(tmp_path: Path) -> None:
    async def body() -> None:
        async with serving(tmp_path) as (server, path):
            reader, writer = await asyncio.open_unix_connection(path)
            for version in (1, 2):
                line = f'{{"v":{version},"do":"ask","text":"no"}}\n'
                writer.write(line.encode())
                reply = json.loads(await reader.readline())
                assert reply["v"] == version and reply["error"] == "not now; ask later"
                assert reply.get("code") == (None if version == 1 else "not-running")
            old, old_writer = await asyncio.open_unix_connection(path)
            old_writer.write(b'{"v":1,"do":"watch"}\n')
            writer.write(b'{"v":2,"do":"watch"}\n')
            await old.readline()
            await reader.readline()
            while len(server._watchers) < 2:
                await asyncio.sleep(0.01)
            server.publish(messages.news("word", story=7, text="cat"))
            assert json.loads(await old.readline()) == {"v": 1, "news": "word", "text": "cat"}
            assert json.loads(await reader.readline())["story"] == 7
            for one in (writer, old_writer):
                one.close()

    run(body)


def test_no_place_for_the_socket(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = ControlsSettings(socket=str(tmp_path / "file" / "control"))

    async def body() -> None:
        with pytest.raises(StorybotError, match=r"controls\.socket"):
            await SocketServer(settings, echo).open()

    run(body)


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(StorybotError, match="not running") as nobody:
        ask(str(tmp_path / "none"), Status())
    assert nobody.value.code is Exit.DAEMON


def test_an_unknown_group_is_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> None:
        settings = ControlsSettings(socket=str(tmp_path / "c"), socket_group="nobody-has-this")
        server = SocketServer(settings, echo)
        with caplog.at_level("INFO"):
            await server.open()
        await server.close()

    run(body)
    assert "no group nobody-has-this" in caplog.text


@pytest.mark.parametrize(
    ("now", "then"), [("choice", "request"), ("correction", "stop"), ("keyphrase", "keyphrase")]
)
def test_what_version_1_does_not_know_is_told_as_what_it_knows(now: str, then: str) -> None:
    assert downgraded({"listens_for": now}) == {"listens_for": then}
