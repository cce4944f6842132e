"""Memory of the small profile, listening and telling: `make memory` prints both tables.

Everything is real but the sound card, which ALSA's file plugin stands in for (its capture side
runs faster than real time, which costs processor time and no memory).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from storybot.controls.messages import Ask, Status
from storybot.controls.socket_client import ask
from storybot.errors import StorybotError
from storybot.measuring.memory import Process, measure, table, together
from tests.fakes.alsa_card import PacedCard

SHARED = Path(os.environ.get("STORYBOT_SHARED", "../shared")).resolve()
CONFIG = """\
hearing: {{recogniser: pocketsphinx, driver: alsa}}
telling: {{{telling}}}
speaking: {{driver: alsa}}
controls: {{socket: {folder}/control, socket_group: ""}}
library: {{folder: {folder}/stories}}
service: {{profile: small}}
"""
LISTENING, TELLING = 34.0, 18.0  # MB asked for


def main() -> int:
    """Start a daemon of its own, look at it idle and telling, end it."""
    with tempfile.TemporaryDirectory() as name, PacedCard(Path(name)) as card:
        folder = Path(name)
        config = folder / "config.yaml"
        config.write_text(CONFIG.format(folder=folder, telling=model()))
        environment = {
            **os.environ,
            **card.environment,
            "MALLOC_ARENA_MAX": "1",
            "PYTHONPYCACHEPREFIX": str(Path("build/pyc").resolve()),
            "PYTHONDONTWRITEBYTECODE": "",
        }
        command = [sys.executable, "-m", "storybot", "run", "--config", str(config)]
        daemon = subprocess.Popen(command, env=environment)
        try:
            look(daemon.pid, str(folder / "control"))
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(10)
    return 0


def model() -> str:
    """The default model where it is built; else one of stories15M's shape."""
    shipped = Path(__file__).parents[2] / "storybot" / "data" / "default.story"
    if shipped.exists():
        return ""
    models = SHARED / "models"
    return f"model: {models}/storylike15M.bin, tokenizer: {models}/tokenizer.bin"


def look(pid: int, socket: str) -> None:
    """Both tables."""
    wait(socket, lambda status: status["listens_for"] == "keyphrase", 60)
    time.sleep(3)
    idle = measure(pid)
    print("Listening (small profile):")
    print(table(idle))
    verdict("listening", idle, LISTENING)
    ask(socket, Ask("a story about a cat and a boat"))
    writing: list[Process] = []
    most: list[Process] = []
    while True:
        now = measure(pid)
        if any(engine(one) for one in now):
            writing = now
        if len(now) > 1 and not any(ear(one) for one in now) and rest(now) > rest(most):
            most = now
        state = ask(socket, Status())["state"]
        if state == "idle":
            break
        time.sleep(0.05)
    print("\nWriting and telling, last seen with its engine:")
    print(table(writing))
    print("\nTelling, at its largest:")
    print(table([one for one in most if not engine(one)]))
    verdict("telling, beside the engine", [one for one in most if not engine(one)], TELLING)


def engine(one: Process) -> bool:
    return one.name == "storyteller"


def ear(one: Process) -> bool:
    return one.name == "storybot.hearing.ear"


def rest(processes: list[Process]) -> int:
    """kB beside the engine."""
    return together([one for one in processes if not engine(one)])


def verdict(what: str, processes: list[Process], wanted: float) -> None:
    found = sum(one.pss for one in processes) / 1024
    print(f"{what}: {found:.1f} MB (PSS), at most {wanted:.0f} MB asked for")


def wait(socket: str, reached: Any, longest: float) -> None:
    limit = time.monotonic() + longest
    while True:
        try:
            if reached(ask(socket, Status())):
                return
        except StorybotError:
            pass
        if time.monotonic() > limit:
            raise TimeoutError(f"the daemon does not listen: {ask(socket, Status())}")
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
