"""The control socket's server: answers local programs, and sends news to those that watch.

Who holds the lock on the file beside it (PATH.lock) owns the socket: two daemons that start at one
moment cannot both take it, and a socket that a dead daemon left is replaced. The kernel releases
the lock when its holder ends, however it ends; the empty file stays.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import grp
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

from storybot.config.schema import ControlsSettings
from storybot.controls.socket import messages
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import BadMessage, Message, Streamed
from storybot.controls.socket.path import server_path
from storybot.controls.socket.requests import ControlRequest, Watch
from storybot.errors import Exit, StorybotError

LOG = logging.getLogger(__name__)
MAX_CLIENTS = 32
UNREAD_MAX_BYTES = 64 * 1024  # bytes a client may leave unread before it is dropped
SOCKET_MODE = 0o660
LOCK_MODE = 0o644  # any user's daemon can take the lock that another's left behind
REFUSAL_TIMEOUT_S = 1.0  # s for which a client too many may take to ask
GONE_CHECK_S = 0.5  # between two looks whether a client that is sent news is still there
BAD_LINES_LOGGED = 5  # bad lines of one client that are logged one by one

Answer = Callable[[ControlRequest], Awaitable[Message | Streamed]]


class SocketServer:
    """Listens on one Unix socket; `answer` gives the answer to each request."""

    def __init__(self, settings: ControlsSettings, answer: Answer) -> None:
        self.path = server_path(settings.socket)
        self._group = settings.socket_group
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._watchers: dict[asyncio.StreamWriter, int] = {}  # with the version each speaks
        self._connections: set[asyncio.Task[None]] = set()
        self._lock: int | None = None  # file descriptor; its lock says that the socket is ours
        self._inode: tuple[int, int] | None = None  # device and inode of our socket

    async def open(self) -> None:
        """Listen. StorybotError when another storybot does, or the place cannot be written."""
        try:
            await self._listen()
        except StorybotError:
            self._give_lock_back()
            raise

    def is_there(self) -> bool:
        """Whether clients that look for the socket find ours."""
        return self._inode is not None and self._inode == _inode(self.path)

    async def reopen(self) -> None:
        """Listen again where the socket was removed; clients that talk already go on.

        StorybotError as from open(); the lock is kept then.
        """
        if self._server is not None:
            self._server.close()
            self._server = self._inode = None
        await self._listen()

    async def _listen(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            if answers(self.path):  # a storybot that knows of no lock
                raise BlockingIOError
            await self._bind()
        except BlockingIOError:
            raise StorybotError(
                f"storybot is running already and owns {self.path}; "
                "end it with `systemctl stop storybot`, or choose another controls.socket",
                Exit.DAEMON,
            ) from None
        except OSError as error:
            raise StorybotError(
                f"the control socket {self.path} cannot be made ({error.strerror or error}); "
                "choose a place with the setting controls.socket",
                Exit.DAEMON,
            ) from error

    def _take_lock(self) -> None:
        """BlockingIOError where another process holds it."""
        if self._lock is not None:
            return
        lock = _open_lock(f"{self.path}.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise
        self._lock = lock

    async def _bind(self) -> None:
        if self.path.is_socket():
            self.path.unlink()
        self._server = await asyncio.start_unix_server(
            self._serve, self.path, limit=messages.LINE_MAX_BYTES
        )
        self._inode = _inode(self.path)
        self.path.chmod(SOCKET_MODE)
        self._give_to_group()

    def _give_to_group(self) -> None:
        if not self._group:
            return
        try:
            wanted = grp.getgrnam(self._group).gr_gid
            if self.path.stat().st_gid != wanted:
                os.chown(self.path, -1, wanted)
        except (KeyError, OSError):
            LOG.info("only this user may use the control socket: no group %s here", self._group)

    def publish(self, news: Message) -> None:
        """Send news to all clients that watch; one that does not read them is dropped."""
        for writer, version in list(self._watchers.items()):
            self._send(writer, news, version)

    async def close(self) -> None:
        """End all connections and remove the socket, where it is still ours."""
        ours = self.is_there()  # its inode may be another's as soon as the socket is closed
        if self._server is not None:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections, timeout=1.0)
        if ours:
            with contextlib.suppress(OSError):
                self.path.unlink(missing_ok=True)
        self._give_lock_back()

    def _give_lock_back(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _send(self, writer: asyncio.StreamWriter, message: Message, version: int) -> None:
        if writer.transport.is_closing():
            return
        writer.write(messages.encoded(message, version))
        if writer.transport.get_write_buffer_size() > UNREAD_MAX_BYTES:
            LOG.warning("a client of the control socket stopped reading and was dropped")
            writer.transport.abort()
            self._watchers.pop(writer, None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            if len(self._clients) >= MAX_CLIENTS:
                await self._turn_away(reader, writer)
                return
            self._clients.add(writer)
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._clients.discard(writer)
            self._watchers.pop(writer, None)
            self._connections.discard(task)
            writer.close()

    async def _turn_away(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Refuse the first request in its version, once it was read.

        Closing with something unread would reset the connection before the refusal is read.
        """
        version = messages.VERSION
        with contextlib.suppress(TimeoutError, BadMessage):
            async with asyncio.timeout(REFUSAL_TIMEOUT_S):
                version = messages.read_request(await _line(reader))[1]
        full = messages.refusal(ErrorCode.TOO_MANY_CLIENTS, "too many clients; try again later")
        self._send(writer, full, version)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        bad, version = 0, messages.VERSION
        while line := await _line(reader):
            try:
                request, version = messages.read_request(line)
                reply = await self._answer(request)
            except BadMessage as wrong:
                bad += 1
                if bad <= BAD_LINES_LOGGED:
                    LOG.warning("control socket: a bad message was refused: %s", wrong)
                self._send(writer, messages.refusal(wrong.code, str(wrong)), version)
                await asyncio.sleep(0)  # let other tasks run between many bad lines
                continue
            if isinstance(reply, Streamed):
                await self._stream(reader, writer, reply, version)
                continue
            self._send(writer, reply, version)
            if isinstance(request, Watch):
                self._watchers[writer] = version
        if bad > BAD_LINES_LOGGED:
            LOG.warning("control socket: one client sent %d bad messages", bad)

    async def _stream(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        reply: Streamed,
        version: int,
    ) -> None:
        """Answer, then send news until they end or the client has gone."""
        self._send(writer, reply.answer, version)
        async with aclosing(reply.news) as news:
            coming = asyncio.ensure_future(anext(news, None))
            try:
                while not (reader.at_eof() or writer.transport.is_closing()):
                    if not (await asyncio.wait([coming], timeout=GONE_CHECK_S))[0]:
                        continue
                    if (one := coming.result()) is None:
                        return
                    self._send(writer, one, version)
                    coming = asyncio.ensure_future(anext(news, None))
            finally:
                coming.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await coming


async def _line(reader: asyncio.StreamReader) -> bytes:
    """One line; in place of one that is too long comes another such, of zeros, to be refused."""
    try:
        return await reader.readuntil()
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError:
        while True:  # skip the rest of that line
            try:
                await reader.readuntil()
            except asyncio.LimitOverrunError as more:
                await reader.readexactly(more.consumed)
            except asyncio.IncompleteReadError:
                return b""
            else:
                return bytes(messages.LINE_MAX_BYTES + 1)


def _open_lock(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        made = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, LOCK_MODE)
        os.fchmod(made, LOCK_MODE)  # whatever the umask
        return made


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def answers(path: Path) -> bool:
    """Whether somebody listens on the socket `path`."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe,
    ):
        probe.settimeout(1.0)
        probe.connect(str(path))
        return True
    return False
