"""Memory of the small profile, listening and telling: `make memory` prints the tables.

Everything is real but the sound card, which ALSA's file plugin stands in for.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import Ask, Status
from storybot.errors import StorybotError
from storybot.hearing.recogniser_client import PROCESS_MODULES
from storybot.measuring import lazy_imports
from storybot.measuring.memory import PROC, Process, c_library, family, measure, shares, table
from tests.fakes.alsa_card import PacedCard
from tests.fakes.recognisers import spoken

SHARED = Path(os.environ.get("STORYBOT_SHARED", "../shared")).resolve()
CONFIG = """\
hearing: {{recogniser: pocketsphinx, driver: alsa}}
telling: {{{telling}}}
speaking: {{driver: alsa, voice: {voice}}}
controls: {{socket: {folder}/control, socket_group: ""}}
library: {{folder: {folder}/stories}}
service: {{profile: small}}
"""
VOICE = os.environ.get("VOICE", "auto")
LISTENING, TELLING = 33.0, 34.0  # MB asked for, of all processes
TALK = "the weather is very nice today and we are going to the lake"  # decoded, and no request
SETTLING = 3.0  # s
ENGINE_SEEN = 10.0  # s for which it is looked for
TOLD = 900.0  # s within which a story is told


def main() -> int:
    """Start a daemon of its own, look at it idle and telling, end it."""
    with tempfile.TemporaryDirectory() as name, PacedCard(Path(name)) as card:
        folder = Path(name)
        config = folder / "config.yaml"
        config.write_text(CONFIG.format(folder=folder, telling=model(), voice=VOICE))
        cache = Path("build/cache").resolve()
        environment = {**os.environ, **card.environment, "STORYBOT_CACHE": str(cache)}
        command = [sys.executable, "-m", "storybot", "run", "--config", str(config)]
        daemon = subprocess.Popen(command, env=environment)
        try:
            listening(daemon.pid, str(folder / "control"), card)
            telling(daemon.pid, str(folder / "control"))
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(10)
    print("\nWhat imports that are put off would take, MB:")
    print(lazy_imports.table())
    return 0


def model() -> str:
    """The default model where it is built; else one of stories15M's shape."""
    shipped = Path(__file__).parents[2] / "storybot" / "data" / "default.story"
    if shipped.exists():
        return ""
    models = SHARED / "models"
    return f"model: {models}/storylike15M.bin, tokenizer: {models}/tokenizer.bin"


def listening(pid: int, socket: str, card: PacedCard) -> None:
    """Before and after its recogniser worked on something for the first time."""
    wait(socket, lambda status: status["listens_for"] == "keyphrase", 60)
    time.sleep(SETTLING)
    print("Listening, nothing said yet:")
    print(table(measure(pid)))
    time.sleep(card.hear(spoken(TALK)) + SETTLING)
    idle = measure(pid)
    print("\nListening, after somebody talked:")
    print(table(idle))
    verdict("listening", idle, LISTENING)


def telling(pid: int, socket: str) -> None:
    """While the engine writes, and at the largest moment of telling."""
    ask(socket, Ask("a story about a cat and a boat"))
    writing: list[Process] = []
    now: list[Process] = []
    limit = time.monotonic() + ENGINE_SEEN
    while time.monotonic() < limit and (now or not writing):
        with held(pid) as seen:
            now = measure(pid) if seen else []
        writing = now or writing
        time.sleep(0.005)
    most: list[Process] = []
    limit = time.monotonic() + TOLD
    while (state := ask(socket, Status())["state"]) != "idle":
        if time.monotonic() > limit:
            raise TimeoutError(f"the story is not told after {TOLD:.0f} s: {state}")
        now = measure(pid)
        if not any(map(is_recogniser, now)) and sum(shares(now)) > sum(shares(most)):
            most = now
        time.sleep(0.05)
    print("\nWriting and telling, last seen with the engine:")
    print(table(writing))
    print("\nTelling, at its largest:")
    print(table(most))
    largest = max(writing, most, key=lambda seen: sum(shares(seen)))
    verdict("telling, with the engine", largest, TELLING)


@contextlib.contextmanager
def held(pid: int) -> Iterator[list[int]]:
    """The engine, where there is one; it stands still meanwhile: a story takes it half a second."""
    seen: list[int] = []
    with contextlib.suppress(OSError):  # it has ended
        for one in family(pid):
            if (PROC / f"{one}/comm").read_text() == "storyteller\n":
                os.kill(one, signal.SIGSTOP)
                seen.append(one)
    yield seen
    for one in seen:
        with contextlib.suppress(ProcessLookupError):  # the daemon gave it up meanwhile
            os.kill(one, signal.SIGCONT)


def is_recogniser(one: Process) -> bool:
    return one.name == PROCESS_MODULES["small"]


def verdict(what: str, processes: list[Process], wanted: float) -> None:
    found = sum(shares(processes)) / 1024
    less = found - c_library(processes) / 1024
    print(f"{what}: {less:.1f} to {found:.1f} MB, at most {wanted:.0f} MB asked for")


def wait(socket: str, reached: Callable[[dict[str, Any]], bool], longest: float) -> None:
    limit = time.monotonic() + longest
    while True:
        with contextlib.suppress(StorybotError):
            if reached(ask(socket, Status())):
                return
        if time.monotonic() > limit:
            raise TimeoutError(f"the daemon does not listen: {ask(socket, Status())}")
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
