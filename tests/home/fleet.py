"""Many boxes on one broker: `python -m tests.home.fleet [-n 100]` prints the figures.

The broker and the bridges are real; the daemons are simulated, each a real control socket that
answers as an idle daemon does, and sends the news of a story.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import shutil
import statistics
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from storybot.config import changeable
from storybot.config.schema import ControlsSettings, HomeSettings, Settings
from storybot.controls.socket import messages
from storybot.controls.socket.requests import ChangeSettings, ControlRequest, ShowSettings, Volume
from storybot.controls.socket.server import SocketServer
from storybot.home.box import Box
from storybot.home.mqtt.bridge import Bridge
from tests.home.broker import Mosquitto, resident_mb
from tests.home.listener import Listener
from tests.home.processes import BridgeProcess

SENTENCES = 100  # of one story, as fast as they can be sent
LONGEST_S = 120.0
STATUS = {
    "state": "idle", "title": None, "story": None, "stories": 0, "missing": [], "works": [],
    "listens_for": None, "volume": 60, "night": False, "quiet": False, "sleeps_in": None,
    "sleeps_after": None, "overruns": 0, "underruns": 0, "profile": "full", "up": 1,
    "stalled": [], "services": {},
}  # fmt: skip


class SimulatedDaemon:
    """A control socket without a box behind it."""

    def __init__(self, folder: Path, name: str) -> None:
        controls = ControlsSettings(socket=str(folder / name), socket_group="")
        self.settings = replace(Settings(), controls=controls)
        self.server = SocketServer(controls, self.answer)
        self.status: dict[str, Any] = dict(STATUS)

    async def answer(self, request: ControlRequest) -> messages.Message:
        match request:
            case Volume(percent=int(percent)):
                self.change(volume=percent)
                return messages.answer(volume=percent)
            case ChangeSettings(new):
                self.settings = changeable.changed(self.settings, new)
                return messages.answer(settings=changeable.values(self.settings))
            case ShowSettings():
                return messages.answer(settings=changeable.values(self.settings))
            case _:
                return messages.answer(**self.status)

    def change(self, **new: Any) -> None:
        self.status |= new
        self.server.publish(messages.news("state", **self.status))

    async def tell(self) -> None:
        """A story."""
        number = self.status["stories"] + 1
        title = "A story about a cat."
        self.change(state="telling", story=number, stories=number, title=title)
        for i in range(SENTENCES):
            text = f"One day, the cat saw tiny door number {i}, and it did not open."
            self.server.publish(messages.news("sentence", story=number, text=text))
            await asyncio.sleep(0)
        self.change(state="idle", story=None, title=None)


class Daemons:
    """So many of them in a thread of their own."""

    def __init__(self, folder: Path, count: int) -> None:
        self.all = [SimulatedDaemon(folder, f"c{i}") for i in range(count)]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST_S)

    def start(self) -> None:
        self._thread.start()
        for daemon in self.all:
            self.run(daemon.server.open())

    def tell(self) -> None:
        async def stories() -> None:
            await asyncio.gather(*(daemon.tell() for daemon in self.all))

        self.run(stories())

    def stop(self) -> None:
        for daemon in self.all:
            self.run(daemon.server.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def until_all(listener: Listener, boxes: list[str], name: str, right: Any) -> float:
    """Seconds until the newest message of each box, read as JSON, is right."""
    began, left = time.monotonic(), set(boxes)
    while left:
        assert time.monotonic() - began < LONGEST_S, f"{len(left)} boxes are missing"
        time.sleep(0.02)
        newest = {each.topic: each.payload for each in list(listener.messages)}
        found = {box: newest.get(f"storybot/{box}/{name}") for box in left}
        left = {box for box, text in found.items() if not text or not right(json.loads(text))}
    return time.monotonic() - began


def measured(count: int, folder: Path) -> list[tuple[str, str]]:
    """Each figure with its name."""
    rows: list[tuple[str, str]] = []
    boxes = [f"box{i}" for i in range(count)]
    daemons = Daemons(folder, count)
    daemons.start()
    with Mosquitto(folder) as broker, Listener(broker.port) as listener:
        empty = broker.memory_mb()
        bridges = []
        for box, daemon in zip(boxes, daemons.all, strict=True):
            home = HomeSettings(id=box, mqtt_host="127.0.0.1", mqtt_port=broker.port)
            settings = replace(daemon.settings, home=home)
            bridges.append(Bridge(settings, Box(box, box, "1.0"), ""))
        threads = [threading.Thread(target=bridge.run, daemon=True) for bridge in bridges]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        until_all(listener, boxes, "state", lambda state: state["length"])
        rows.append(("until all are announced and online", f"{time.monotonic() - began:.2f} s"))
        rows.append(("broker, no box", f"{empty:.1f} MB"))
        rows.append((f"broker, {count} boxes", f"{broker.memory_mb():.1f} MB"))

        times = []
        for percent in (41, 42, 43, 44, 45):
            began = time.monotonic()
            listener.give("storybot/all/cmd/volume", str(percent))
            until_all(listener, boxes, "state", lambda state, p=percent: state["volume"] == p)
            times.append(time.monotonic() - began)
        rows.append(("one volume for all, until all show it", f"{statistics.median(times):.2f} s"))

        began = time.monotonic()
        listener.give("storybot/all/cmd/settings", '{"telling.length": "long"}', retain=True)
        until_all(listener, boxes, "state", lambda state: state["length"] == "long")
        rows.append(("settings pushed to all", f"{time.monotonic() - began:.2f} s"))

        listener.clear()
        began = time.monotonic()
        daemons.tell()
        until_all(listener, boxes, "state", lambda state: state["state"] == "idle")
        rate = len(listener.messages) / (time.monotonic() - began)
        came = sum(b"number" in each.payload for each in listener.messages)
        rows.append(("messages at most", f"{rate:.0f} a second"))
        rows.append(("sentences that came", f"{came} of {count * SENTENCES}"))

        listener.clear()
        broker.kill()
        began = time.monotonic()
        broker.start()
        with Listener(broker.port) as again:
            until_all(again, boxes, "state", bool)
        rows.append(
            ("broker started again: until all are back", f"{time.monotonic() - began:.2f} s")
        )
        socket = daemons.all[0].settings.controls.socket
        with BridgeProcess(folder, socket, broker.port, "one") as one:
            with Listener(broker.port) as again:
                again.until("storybot/one/online", lambda text: text == "online")
            assert one.process is not None
            rows.append(("one `storybot mqtt`", f"{resident_mb(one.process.pid):.1f} MB"))
        for bridge in bridges:
            bridge.stop()
        for thread in threads:
            thread.join(LONGEST_S)
    daemons.stop()
    return rows


def main() -> None:
    """Print the table."""
    logging.getLogger("storybot").setLevel(logging.ERROR)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=100, metavar="BOXES")
    count = parser.parse_args().n
    folder = Path(tempfile.mkdtemp(prefix="fleet-"))
    try:
        for name, figure in measured(count, folder):
            print(f"{name:60} {figure}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
