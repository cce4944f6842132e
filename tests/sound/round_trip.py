"""From spoken requests to spoken stories and back: the whole box through real PortAudio.

python -m tests.sound.round_trip --requests 40 --unrelated 60

Flite asks, the running daemon hears through a virtual microphone, tells three sentences or so
through a virtual loudspeaker, and its captured speech is recognised again. Prints one line a
request and the table.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storybot.controls.socket.client import Client, ask
from storybot.controls.socket.requests import Status
from storybot.errors import StorybotError
from storybot.language.requests import Request as Understood
from storybot.language.requests import RequestKind, spoken_back
from storybot.language.things import find_thing
from storybot.system.processes import end_group_now
from tests.sound.found_again import FoundAgain
from tests.sound.spoken import NOISE_AFTER, Request, requests, speak, unrelated
from tests.sound.virtual_devices import VirtualDevices, virtual_devices

CONFIG = """\
hearing: {recogniser: pocketsphinx, driver: portaudio, questions: off}
telling: {longest: 40, first_deadline: 60, token_deadline: 30}
speaking: {driver: portaudio, speed: 170}
controls: {socket: SOCKET}
bedtime: {quiet_from: "", quiet_until: ""}
"""
START = 60.0  # s for the daemon to listen
ANSWER = 20.0  # s after a request within which a story has begun, on a loaded machine too
NO_ANSWER = 8.0  # s after which an unrelated sentence will not start one any more
STORY = 90.0  # s for a story of a few sentences


@dataclass
class Outcome:
    """What became of one request."""

    request: Request
    said: str = ""  # what the box said back
    story: str = ""
    latency: float | None = None  # s from the end of the request to the first sound
    found: frozenset[str] = frozenset()  # things recognised in the captured speech

    @property
    def recognised(self) -> bool:
        return self.said != ""

    @property
    def right(self) -> bool:
        things = tuple(thing for word in self.request.things if (thing := find_thing(word)))
        return self.said == spoken_back(Understood(RequestKind.STORY, things))

    @property
    def mentions(self) -> bool:
        words = self.story.lower()
        return self.recognised and all(thing in words for thing in self.request.things)

    @property
    def found_again(self) -> bool:
        return self.recognised and set(self.request.things) <= self.found


class Box:
    """The running daemon and its news, each with the time at which it came."""

    def __init__(self, devices: VirtualDevices, folder: Path, settings: str = CONFIG) -> None:
        self._devices, self._folder = devices, folder
        self.socket = str(folder / "control")
        config = folder / "config.yaml"
        config.write_text(settings.replace("SOCKET", self.socket))
        environment = devices.environment | {
            "STORYBOT_STATE": str(folder / "state"),
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path("~/.cache").expanduser())),
        }
        self._log = (folder / "log").open("w")
        self._daemon = subprocess.Popen(
            [sys.executable, "-m", "storybot", "run", "--config", str(config)],
            env=environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        self.state = ""
        self.news: list[dict[str, Any]] = []  # "at": when it came, monotonic s
        self._changed = threading.Condition()
        threading.Thread(target=self._follow, daemon=True).start()
        self.wait_for("idle", START)

    def wait_for(self, state: str, seconds: float) -> bool:
        """Whether the box comes into this state in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.state == state, seconds)

    def wait_for_news(
        self, fits: Callable[[dict[str, Any]], bool], seconds: float, after: int = 0
    ) -> bool:
        """Whether such news come in time, or have come after the first `after` ones."""
        with self._changed:
            return self._changed.wait_for(lambda: any(map(fits, self.news[after:])), seconds)

    def wait_until_it_listens(self) -> None:
        """It is idle before its recogniser is ready, and takes no words that began before that."""
        limit = time.monotonic() + START
        while self.status()["listens_for"] is None and time.monotonic() < limit:
            time.sleep(0.1)
        time.sleep(2.0)

    def status(self) -> dict[str, Any]:
        """What the daemon answers to `storybot status`."""
        return ask(self.socket, Status())

    def ask(self, request: Request) -> Outcome:
        """Speak one request and wait until the box listens again."""
        wav = speak(request, self._folder / "request.wav")
        raw = self._folder / "captured.raw"
        outcome = Outcome(request)
        if not self.wait_for("idle", STORY):
            raise RuntimeError(f"the box is {self.state}:\n{self.log()}")
        self.news.clear()
        with (
            self._devices.recording() as loudspeaker,
            self._devices.captured(raw),
            self._devices.recording("micfeed.monitor") as microphone,
        ):
            begun = time.monotonic()
            self._devices.speak(wav)
            if self.wait_for("telling", ANSWER if request.things else NO_ANSWER):
                self.wait_for("idle", STORY)
                time.sleep(0.5)
                ended = max(microphone.sounds(begun), default=begun)
                if request.noisy:
                    ended -= NOISE_AFTER
                heard = [when for when in loudspeaker.sounds(begun) if when > ended]
                outcome.latency = heard[0] - ended if heard else None
        outcome.said = next((one["text"] for one in self.news if one["news"] == "said"), "")
        outcome.story = " ".join(one["text"] for one in self.news if one["news"] == "sentence")
        return outcome

    def captured(self) -> Path:
        """The sound of the last answer."""
        return self._folder / "captured.raw"

    def log(self) -> str:
        """What the daemon has written so far."""
        return (self._folder / "log").read_text()

    def close(self) -> None:
        end_group_now(self._daemon, 5.0)
        self._log.close()

    def _follow(self) -> None:
        limit = time.monotonic() + START
        while time.monotonic() < limit:
            try:
                with Client(self.socket) as client:
                    for one in client.watch():
                        with self._changed:
                            self.state = one.get("state", self.state)
                            self.news.append({"news": "state", "at": time.monotonic(), **one})
                            self._changed.notify_all()
                return
            except StorybotError:
                time.sleep(0.2)


@contextmanager
def box() -> Iterator[Box]:
    """A daemon on devices of its own."""
    with virtual_devices() as devices, TemporaryDirectory(prefix="storybot-") as folder:
        running = Box(devices, Path(folder))
        try:
            yield running
        finally:
            running.close()


def ask_all(running: Box, asked: list[Request]) -> list[Outcome]:
    """Ask one after the other, and look for the things in what was captured."""
    finder = FoundAgain()
    outcomes = []
    for request in asked:
        outcome = running.ask(request)
        if outcome.recognised:
            outcome.found = finder.things(running.captured())
        outcomes.append(outcome)
        print(line(outcome), flush=True)
    return outcomes


def line(outcome: Outcome) -> str:
    """One request in one line."""
    request = outcome.request
    marks = "".join(
        letter if mark else "-"
        for letter, mark in zip(
            "RrMF",
            (outcome.recognised, outcome.right, outcome.mentions, outcome.found_again),
            strict=True,
        )
    )
    noise = "20 dB" if request.noisy else "clean"
    late = "" if outcome.latency is None else f"{outcome.latency:.2f} s"
    return f"{marks} {request.voice:5} {noise} {late:7} {request.words} -> {outcome.said or '-'}"


def table(outcomes: list[Outcome]) -> str:
    """Shares, clean and noisy apart, and the times to the first sound."""
    rows = ["| | clean | noise 20 dB | all |", "|---|---|---|---|"]
    groups = [
        [one for one in outcomes if not one.request.noisy],
        [one for one in outcomes if one.request.noisy],
        outcomes,
    ]
    for name, good in (
        ("recognised", lambda one: one.recognised),
        ("right request", lambda one: one.right),
        ("story mentions the thing", lambda one: one.mentions),
        ("thing found in the captured speech", lambda one: one.found_again),
    ):
        cells = (f"{sum(map(good, group))} of {len(group)}" for group in groups)
        rows.append(f"| {name} | {' | '.join(cells)} |")
    late = [one.latency for one in outcomes if one.latency is not None]
    if late:
        middle, worst = statistics.median(late), max(late)
        rows.append(
            f"\nfrom the end of a request to the first sound: median {middle:.2f} s, "
            f"worst {worst:.2f} s"
        )
    return "\n".join(rows)


def main() -> int:
    """Measure and print; 1 when an unrelated sentence started a story."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--unrelated", type=int, default=60)
    args = parser.parse_args()
    with box() as running:
        print(table(ask_all(running, requests(args.requests))))
        started = [one for one in ask_all(running, unrelated(args.unrelated)) if one.recognised]
        print(f"\nunrelated sentences that started a story: {len(started)} of {args.unrelated}")
    return 1 if started else 0


if __name__ == "__main__":
    sys.exit(main())
