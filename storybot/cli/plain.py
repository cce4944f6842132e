"""`ask`, `stop`, `status` and `volume` in plain words, with a third of the imports.

Beside the listening box a board with 64 MB has 10 MB left, or a little more. What the command's own
module would take apart with argparse, look up in YAML and send with a class for every request is
here a line to the daemon's usual socket and a line back. All else is left to that module: options,
changed settings, another socket, a daemon that does not answer.
"""

from __future__ import annotations

import json
from _socket import AF_UNIX, SOCK_STREAM, socket  # the module `socket` is 0.6 MB of enums

from storybot.cli import answers
from storybot.config.as_shipped import SYSTEM_SOCKET, is_as_shipped
from storybot.errors import Exit

TYPE_CHECKING = False
if TYPE_CHECKING:  # see answers.py
    from collections.abc import Callable
    from typing import Any

VERSION = 2  # of the protocol
ANSWER_TIMEOUT_S = 10.0  # s to wait for an answer
REQUEST_MAX_CHARACTERS = 500  # of a request in words
READ_BYTES = 4096


def answered(words: list[str], begin: Callable[[], None]) -> int | None:
    """The exit code once the daemon's answer is printed; None: the command's module is needed.

    `begin` is called when it can be interrupted. StorybotError where the daemon refuses.
    """
    request = _request(words)
    if request is None or not is_as_shipped():
        return None
    begin()
    was = _reply({"do": "volume"}) if "by" in request else {}
    reply = None if was is None else _reply(request)
    if was is None or reply is None:
        return None
    wanted = was["volume"] + request["by"] if was else request.get("percent")
    print(_text(words[0], reply, wanted), flush=True)
    return Exit.FAULT if reply.get("missing") and words[0] == "status" else Exit.OK


def _request(words: list[str]) -> dict[str, Any] | None:
    """What the words ask the daemon for; None where they are not plain."""
    if not words or any(word.startswith("-") for word in words[1:]):
        return None
    name, *more = words
    if name == "ask" and more and len(text := " ".join(more)) <= REQUEST_MAX_CHARACTERS:
        return {"do": name, "text": text}
    if name in ("stop", "status", "volume") and not more:
        return {"do": name}
    return _volume(more[0]) if name == "volume" and len(more) == 1 else None


def _volume(word: str) -> dict[str, Any] | None:
    """The request for a volume such as 60, 60% or +10."""
    digits = word.removeprefix("+").removesuffix("%")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3 and int(digits) <= 100):
        return None
    return {"do": "volume", "by" if word[0] == "+" else "percent": int(digits)}


def request_line(request: dict[str, Any]) -> bytes:
    """As the client's, see controls/socket/messages.py."""
    text = json.dumps({"v": VERSION, **request}, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace") + b"\n"


def _reply(request: dict[str, Any]) -> dict[str, Any] | None:
    """The daemon's answer; None where nobody can be asked, StorybotError for what comes later."""
    connection = socket(AF_UNIX, SOCK_STREAM)
    try:
        connection.settimeout(ANSWER_TIMEOUT_S)
        try:
            connection.connect(SYSTEM_SOCKET)
        except OSError:
            return None
        try:
            line = _exchanged(connection, request_line(request))
        except OSError as error:
            from storybot.controls.socket.client import no_answer

            raise no_answer(error) from error
    finally:
        connection.close()
    return _read(line)


def _exchanged(connection: socket, line: bytes) -> bytes:
    connection.sendall(line)
    answer = b""
    while not answer.endswith(b"\n") and (part := connection.recv(READ_BYTES)):
        answer += part
    return answer


def _read(line: bytes) -> dict[str, Any]:
    """An answer that says yes; what is wrong with another one the client knows."""
    try:
        reply: dict[str, Any] = json.loads(line)
        if reply["v"] == VERSION and reply["ok"]:
            return reply
    except (ValueError, LookupError, TypeError):
        pass
    from storybot.controls.socket.client import accepted

    return accepted(line)


def _text(name: str, reply: dict[str, Any], wanted: int | None) -> str:
    if name == "ask":
        return answers.asked(reply)
    if name == "stop":
        return answers.stopped(reply)
    return answers.described(reply) if name == "status" else answers.volume(reply["volume"], wanted)
