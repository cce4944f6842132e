"""How a device becomes one that may use the page: by a code that the box says, or prints."""

from __future__ import annotations

import json
from contextlib import aclosing

from microdot.microdot import Request, Response

from storybot.controls.socket.client import Refused
from storybot.controls.socket.requests import SayCode
from storybot.errors import StorybotError
from storybot.home.followed import followed
from storybot.home.page.answers import PRIVATE, refused
from storybot.home.page.asking import NOBODY
from storybot.home.page.pairing import SAID_LIFE_S, Pairing, random_code
from storybot.home.page.rate_limit import Bucket

COOKIE = "storybot"
COOKIE_LIFE_S = 400 * 24 * 3600  # the longest that browsers keep one
PAIR_RATE, PAIR_BURST = 0.2, 5.0  # attempts to pair
# Wishes for a code: each makes the next press of the button say it, in place of telling a story.
SAY_RATE, SAY_BURST = 1 / 300, 3.0
PRESS_TIMEOUT_S = 75.0  # longer than the daemon waits for the button


class PairingRoutes:
    """`knows` says who is paired; the others are handlers."""

    def __init__(self, pairing: Pairing, socket: str) -> None:
        self._pairing, self._socket = pairing, socket
        self._attempts = Bucket(PAIR_RATE, PAIR_BURST)
        self._wishes = Bucket(SAY_RATE, SAY_BURST)

    def knows(self, request: Request) -> bool:
        """Whether the request comes from a device that is paired."""
        return self._pairing.knows(request.cookies.get(COOKIE, ""))

    async def pair(self, request: Request) -> Response:
        """Take a code for a cookie."""
        try:
            code = json.loads(request.body or b"")["code"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return refused(400, "bad-request")
        if not self._attempts.take():
            return refused(429, "too-often")
        if not isinstance(code, str) or not self._pairing.take_code(code):
            return refused(403, "wrong-code")
        attributes = f"Path=/; HttpOnly; SameSite=Strict; Max-Age={COOKIE_LIFE_S}"
        cookie = f"{COOKIE}={self._pairing.new_cookie()}; {attributes}"
        return Response(b"", 204, PRIVATE | {"Set-Cookie": cookie})

    async def say_code(self, request: Request) -> Response:
        """Answered when the box has said a code, which is good from then on; or will not."""
        if not self._wishes.take():
            return refused(429, "too-often")
        code = random_code()
        try:
            async with aclosing(followed(self._socket, SayCode(code), PRESS_TIMEOUT_S)) as lines:
                await anext(lines)
                said = (await anext(lines))["said"]
        except Refused as why:
            return refused(409, why.reason, str(why))
        except StorybotError as why:
            return refused(409, NOBODY, str(why))
        if not said:
            return refused(409, "no-press")
        self._pairing.put_code(code, SAID_LIFE_S)
        return Response(b"", 204, PRIVATE)
