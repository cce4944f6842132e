"""The daemon and the bridge as processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Status, Stop
from storybot.errors import StorybotError
from tests.home.broker import free_port

ROOT = Path(__file__).parents[2]
ENGINE, MODEL = ROOT / "build/native/storyteller", ROOT / "storybot/data/default.story"
LONGEST_S = 40.0
BOUNDS = "volume_floor: 20, volume_cap: 80"
DAEMON = """\
telling: {{engine: {engine}, model: {model}, longest: 60, plot: "{plot}"}}
hearing: {{driver: none}}
speaking: {{driver: silent, voice: espeak, speed: 300, volume: 60, {bounds}}}
controls: {{socket: {folder}/control, socket_group: ""}}
library: {{folder: {folder}/stories}}
"""
BRIDGE = """\
speaking: {{{bounds}}}
controls: {{socket: {socket}}}
home: {{id: {box}, mqtt_host: 127.0.0.1, mqtt_port: {port}{more}}}
"""


SERVER = """\
controls: {{socket: {socket}}}
home: {{id: ab12, wyoming_port: {port}{more}}}
"""


def why_no_daemon() -> str:
    return "" if ENGINE.exists() else "needs the engine: make engine"


def nobodys_settings(folder: Path) -> dict[str, str]:
    """An environment that sets nothing of storybot."""
    plain = {key: value for key, value in os.environ.items() if "STORYBOT_" not in key}
    folders = {"XDG_CONFIG_HOME": "no-config", "XDG_STATE_HOME": "state"}
    return plain | {name: str(folder / one) for name, one in folders.items()}


class Process:
    """`storybot COMMAND --config FILE`; TERM ends it."""

    def __init__(self, folder: Path, name: str, config: str, *words: str) -> None:
        self.log = folder / f"{name}.log"
        self._file = folder / f"{name}.yaml"
        self._file.write_text(config)
        self._words = [name, "--config", str(self._file), *words]
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = nobodys_settings(folder)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "storybot", *self._words],
                stderr=log,
                env=self.environment,
            )

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(LONGEST_S)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.end()

    def said(self) -> str:
        return self.log.read_text()


class Daemon(Process):
    """Started and answering."""

    def __init__(self, folder: Path, plot: str = "off", engine: Path = ENGINE) -> None:
        self.socket = str(folder / "control")
        config = DAEMON.format(folder=folder, engine=engine, model=MODEL, bounds=BOUNDS, plot=plot)
        super().__init__(folder, "run", config)

    def __enter__(self) -> Daemon:
        self.start()
        self.until("idle")
        return self

    def status(self) -> dict[str, object]:
        try:
            return ask(self.socket, Status())
        except StorybotError:
            return {"state": "gone"}

    def until(self, state: str) -> None:
        limit = time.monotonic() + LONGEST_S
        while self.status()["state"] != state:
            assert time.monotonic() < limit, (self.status(), self.said())
            time.sleep(0.05)

    def clients(self) -> int:
        """Connections to its control socket now."""
        lines = Path("/proc/net/unix").read_text().splitlines()
        return sum(line.endswith(f" {self.socket}") for line in lines) - 1  # it listens on one

    def calm(self) -> None:
        """Idle, whatever went before."""
        ask(self.socket, Stop())
        self.until("idle")


class StoryServer(Process):
    """`storybot wyoming` on a free port."""

    def __init__(self, folder: Path, socket: str, more: str = "") -> None:
        self.port = free_port()
        config = SERVER.format(socket=socket, port=self.port, more=more)
        super().__init__(folder, "wyoming", config)

    def __enter__(self) -> StoryServer:
        self.start()
        limit = time.monotonic() + LONGEST_S
        while "served at" not in self.said():
            assert self.process is not None and self.process.poll() is None, self.said()
            assert time.monotonic() < limit
            time.sleep(0.05)
        return self


class BridgeProcess(Process):
    """`storybot mqtt`; `more` are further settings of `home`, such as ", mqtt_tls: true"."""

    def __init__(
        self, folder: Path, socket: str, port: int, box: str = "ab12", more: str = "", *words: str
    ) -> None:
        config = BRIDGE.format(socket=socket, box=box, port=port, more=more, bounds=BOUNDS)
        super().__init__(folder, "mqtt", config, *words)

    def __enter__(self) -> BridgeProcess:
        self.start()
        return self
