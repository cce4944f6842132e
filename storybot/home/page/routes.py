"""What there is to be asked for over HTTP. Refusals are words; the page has sentences for them."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

from microdot.microdot import Microdot, Request, Response

from storybot.config.schema import SpeakingSettings
from storybot.controls.socket.requests import ShowSettings, ShowStory
from storybot.home.box import Box
from storybot.home.page.answers import PRIVATE, as_json, refused
from storybot.home.page.asking import Asking, CannotAsk, read
from storybot.home.page.board import Board
from storybot.home.page.levels import Levels
from storybot.home.page.pairing_routes import PairingRoutes
from storybot.home.page.rate_limit import Bucket
from storybot.home.page.sounds import MP3, WAV, Sounds, pieces

FILES = Path(__file__).parent / "files"
TYPES = {
    ".css": "text/css; charset=UTF-8",
    ".html": "text/html; charset=UTF-8",
    ".js": "text/javascript; charset=UTF-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
SOUND_TYPES = {WAV: "audio/wav", MP3: "audio/mpeg"}
COMMANDS_RATE, COMMANDS_BURST = 5.0, 30.0  # of all devices together
ERRORS = {404: "not-found", 405: "wrong-method", 413: "too-long", 500: "fault"}
TEXT_WIDTH = 78  # characters of a line in a story downloaded

Handler = Callable[..., Awaitable[Response]]


class Routes:
    """`app` finds and calls them."""

    def __init__(
        self,
        box: Box,
        speaking: SpeakingSettings,
        board: Board,
        asking: Asking,
        levels: Levels,
        pairing: PairingRoutes,
        sounds: Sounds,
    ) -> None:
        self._box, self._speaking = box, speaking
        self._board, self._asking, self._levels = board, asking, levels
        self._pairing, self._sounds = pairing, sounds
        self._commands = Bucket(COMMANDS_RATE, COMMANDS_BURST)
        self.app = app = Microdot()
        app.options_handler = None  # type: ignore[assignment]  # nobody needs OPTIONS
        for status, code in ERRORS.items():
            app.errorhandler(status)(_error(status, code))
        for path in sorted(FILES.iterdir()):
            url = "/" if path.name == "index.html" else f"/{path.name}"
            app.get(url)(_file(path))
        app.post("/api/pair")(pairing.pair)
        app.post("/api/pair/say")(pairing.say_code)
        app.get("/api/box")(self._paired(self._show_box))
        app.get("/api/events")(self._paired(self._events))
        app.get("/api/level")(self._paired(self._level))
        app.post("/api/do")(self._paired(self._do))
        app.get("/stories/<re:[0-9]{1,9}:number>")(self._paired(self._story))
        app.get("/sounds/<re:[0-9]{1,9}[.](?:wav|mp3):file>")(self._paired(self._sound))

    def _paired(self, handler: Handler) -> Handler:
        async def checked(request: Request, **found: str) -> Response:
            if not self._pairing.knows(request):
                return refused(401, "not-paired")
            return await handler(request, **found)

        return checked

    async def _show_box(self, request: Request) -> Response:
        bounds = {"floor": self._speaking.volume_floor, "cap": self._speaking.volume_cap}
        shown = {
            "name": self._box.name,
            "version": self._box.version,
            "volume": bounds,
            "sounds": self._sounds.kinds,
        }
        return as_json(shown, 200)

    async def _events(self, request: Request) -> Response:
        kind = {"Content-Type": "text/event-stream"}
        # its stub knows no generators
        return Response(cast(bytes, self._board.follow()), 200, PRIVATE | kind)

    async def _level(self, request: Request) -> Response:
        kind = {"Content-Type": "text/event-stream"}
        return Response(cast(bytes, self._levels.follow()), 200, PRIVATE | kind)

    async def _do(self, request: Request) -> Response:
        if not self._commands.take():
            return refused(429, "too-often")
        try:
            return as_json(await self._asking.ask(read(request.body or b"")), 200)
        except CannotAsk as why:
            return refused(409, why.code, str(why))

    async def _story(self, request: Request, number: str) -> Response:
        """A story as a text to be kept."""
        if not self._commands.take():
            return refused(429, "too-often")
        try:
            story = await self._asking.ask(ShowStory(max(int(number), 1)))
        except CannotAsk as why:
            return refused(404, why.code, str(why))
        text = f"{story['title']}\n\n{textwrap.fill(story['text'], TEXT_WIDTH)}\n"
        kept = {
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Disposition": f'attachment; filename="story-{story["story"]}.txt"',
        }
        return Response(text, 200, PRIVATE | kept)

    async def _sound(self, request: Request, file: str) -> Response:
        """A story as a wav or MP3."""
        number, _, kind = file.partition(".")
        if not self._commands.take():
            return refused(429, "too-often")
        try:
            story = await self._asking.ask(ShowStory(max(int(number), 1)))
            settings = await self._asking.ask(ShowSettings())
            sound = await self._sounds.render(kind, story, settings["settings"])
        except CannotAsk as why:
            return refused(409, why.code, str(why))
        length = str(os.fstat(sound.fileno()).st_size)
        kept = {"Content-Type": SOUND_TYPES[kind], "Content-Length": length}
        return Response(cast(bytes, pieces(sound)), 200, PRIVATE | kept)


def _error(status: int, code: str) -> Handler:
    async def send(request: Request) -> Response:
        return refused(status, code)

    return send


def _file(path: Path) -> Handler:
    kind = {"Content-Type": TYPES[path.suffix], "Cache-Control": "no-cache"}

    async def send(request: Request) -> Response:
        return Response(path.read_bytes(), 200, kind)

    return send
