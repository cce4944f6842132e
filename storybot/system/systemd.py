"""systemd's notify socket and watchdog, and the journal."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys

LOG = logging.getLogger("storybot")
PLAIN_FORMAT = "%(levelname)s: %(message)s"


def notify(message: str) -> bool:
    """Tell systemd ("READY=1", "STATUS=...", "WATCHDOG=1"); False where nobody listens.

    The protocol is one datagram to $NOTIFY_SOCKET, see sd_notify(3).
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel,
    ):
        channel.setblocking(False)
        channel.sendto(message.encode(), address)
        return True
    return False


def watchdog_interval() -> float | None:
    """Seconds within which systemd expects WATCHDOG=1; None where it expects none."""
    try:
        wanted = int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6
        owner = int(os.environ.get("WATCHDOG_PID", os.getpid()))
    except ValueError:
        return None
    return wanted if wanted > 0 and owner == os.getpid() else None


class StoryFields(logging.Filter):
    """Adds what the robot is doing to every record: STATE, STORY_ID, SEED."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        record.__dict__.update(self.fields)
        return True


def set_debug(debug: bool) -> None:
    """Whether debug messages go into the log too."""
    LOG.setLevel(logging.DEBUG if debug else logging.INFO)


def begin_logging(debug: bool) -> StoryFields:
    """Log to the journal where our stderr is connected to it, else to plain stderr."""
    fields = StoryFields()
    handler = _journal() or _plain()
    handler.addFilter(fields)
    LOG.handlers[:] = [handler]
    set_debug(debug)
    LOG.propagate = False
    return fields


def _plain() -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(PLAIN_FORMAT))
    return handler


def _journal() -> logging.Handler | None:
    """systemd-python's handler, which sends the fields beside the message."""
    if not stderr_is_journal():
        return None
    try:
        from systemd.journal import JournalHandler
    except ImportError:
        return None
    handler: logging.Handler = JournalHandler(SYSLOG_IDENTIFIER="storybot")
    return handler


def stderr_is_journal() -> bool:
    """Whether $JOURNAL_STREAM names the very file that stderr is (systemd.exec(5))."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        status = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return (device, inode) == (str(status.st_dev), str(status.st_ino))
