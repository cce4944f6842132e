"""What the page may ask the daemon for: part of the control protocol, in its own words."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from storybot.controls.socket import messages
from storybot.controls.socket.client import Refused, ask
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import BadMessage
from storybot.controls.socket.requests import (
    AddWord,
    Again,
    AllowWord,
    Ask,
    ChangeSettings,
    ControlRequest,
    ForbidWord,
    ListLibrary,
    MarkFavourite,
    OneMore,
    RemoveStory,
    RemoveWord,
    ShowForbidden,
    ShowSettings,
    ShowStory,
    ShowWords,
    Sleep,
    Stop,
    TellSaved,
    Volume,
)
from storybot.errors import StorybotError

ALLOWED = (
    AddWord, Again, AllowWord, Ask, ChangeSettings, ForbidWord, ListLibrary, MarkFavourite, OneMore,
    RemoveStory, RemoveWord, ShowForbidden, ShowSettings, ShowStory, ShowWords, Sleep, Stop,
    TellSaved, Volume,
)  # fmt: skip
SETTINGS = frozenset(("bedtime.quiet_from", "bedtime.quiet_until", "telling.length"))
AT_ONCE = 4  # connections to the daemon, which has room for 32 clients
NOT_ALLOWED, NOBODY = "not-for-the-page", "gone"  # codes beside those of the protocol


class CannotAsk(Exception):
    """Refused; `code` says why, for the page's own words."""

    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class Asking:
    """Belongs to one event loop."""

    def __init__(self, socket: str) -> None:
        self._socket, self._free = socket, asyncio.Semaphore(AT_ONCE)

    async def ask(self, request: ControlRequest) -> dict[str, Any]:
        """The daemon's answer; CannotAsk where there is none."""
        async with self._free:
            try:
                return await asyncio.to_thread(ask, self._socket, request)
            except Refused as refused:
                raise CannotAsk(refused.reason, str(refused)) from None
            except StorybotError as error:
                raise CannotAsk(NOBODY, str(error)) from None


def read(body: bytes) -> ControlRequest:
    """The request in `body`, a JSON object without a version; CannotAsk for any other."""
    try:
        message = json.loads(body)
        if not isinstance(message, dict):
            raise ValueError
        line = json.dumps(message | {"v": messages.VERSION}).encode()
        request, _ = messages.read_request(line)
    except BadMessage as wrong:
        raise CannotAsk(wrong.code.value, str(wrong)) from None
    except (ValueError, RecursionError):
        raise CannotAsk(ErrorCode.BAD_REQUEST.value) from None
    if not isinstance(request, ALLOWED):
        raise CannotAsk(NOT_ALLOWED)
    if isinstance(request, ChangeSettings) and not request.settings.keys() <= SETTINGS:
        raise CannotAsk(NOT_ALLOWED)
    return request
