"""The page as a process of its own, and what speaks HTTP to it."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path
from typing import Any

from storybot.home.page.pairing import Pairing
from storybot.home.page.routes import COMMANDS_BURST, COMMANDS_RATE
from tests.fakes.button_devices import PtyBoard
from tests.home.broker import free_port
from tests.home.processes import BOUNDS, LONGEST_S, Daemon, Process
from tests.sound.virtual_devices import VirtualDevices

CONFIG = """\
speaking: {{{bounds}}}
controls: {{socket: {socket}}}
service: {{profile: {profile}}}
home: {{id: ab12, name: Story box, page_port: {port}{more}}}
"""


class AudibleDaemon(Daemon):
    """It tells long stories at a child's pace; it has loudspeaker, microphone and button."""

    def __init__(self, folder: Path, devices: VirtualDevices) -> None:
        super().__init__(folder)
        self.devices, self._board = devices, PtyBoard()
        config = self._file.read_text().replace("driver: silent", "driver: portaudio")
        config = config.replace("longest: 60", "longest: 400").replace("speed: 300", "speed: 150")
        hears = "driver: portaudio, recogniser: pocketsphinx, things: 50, barge_in: off"
        config = config.replace("driver: none", hears)
        button = f"button: serial, button_device: {self._board.device}, socket:"
        self._file.write_text(config.replace("socket:", button))
        places = ("XDG_RUNTIME_DIR", "PULSE_SERVER", "ALSA_CONFIG_PATH", "JACK_NO_START_SERVER")
        self.environment |= {name: devices.environment[name] for name in places}

    def press(self) -> None:
        """The button, for a moment."""
        self._board.send(b"down\n")
        time.sleep(0.1)
        self._board.send(b"up\n")


class PageProcess(Process):
    """`storybot page`; `more` are further settings of `home`."""

    def __init__(self, folder: Path, socket: str, more: str = "", profile: str = "full") -> None:
        self.port = free_port()
        config = CONFIG.format(
            socket=socket, port=self.port, more=more, bounds=BOUNDS, profile=profile
        )
        super().__init__(folder, "page", config)
        self.pairing = Pairing(folder / "state/storybot/page")
        self.url = f"http://localhost:{self.port}"
        self.cookie = ""

    def __enter__(self) -> PageProcess:
        self.start()
        self.until_it_answers()
        return self

    def until_it_answers(self) -> None:
        limit = time.monotonic() + LONGEST_S
        while True:
            try:
                self.get("/")
            except OSError:
                assert self.process is not None and self.process.poll() is None, self.said()
                assert time.monotonic() < limit
                time.sleep(0.05)
            else:
                return

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        return self.request("GET", path, None, headers)

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, bytes]:
        usual = {"Origin": self.url, "Content-Type": "application/json"}
        return self.request("POST", path, json.dumps(body).encode(), usual | headers)

    def do(self, **request: Any) -> dict[str, Any]:
        """What a paired device asks, once the page takes it; the answer of the daemon."""
        limit = time.monotonic() + 20
        while True:
            status, body = self.post("/api/do", request, Cookie=self.cookie or self.pair())
            if status != 429 or time.monotonic() > limit:
                return {"status": status} | json.loads(body)
            time.sleep(0.5)

    def rest(self) -> None:
        """Until as many commands are taken again as at the start."""
        time.sleep(COMMANDS_BURST / COMMANDS_RATE)

    def pair(self) -> str:
        """The cookie of a device."""
        self.cookie = f"storybot={self.pairing.new_cookie()}"
        return self.cookie

    def follow(self) -> http.client.HTTPConnection:
        """A browser that follows what is told, after a `pair()`."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=20)
        connection.request("GET", "/api/events", headers={"Cookie": self.cookie})
        assert connection.getresponse().status == 200
        return connection

    def request(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=20)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
