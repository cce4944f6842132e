"""Start and memory of the processes beside the daemon, and how long a served story takes.

`python -m tests.home.figures` prints them: medians of five starts in each profile, of three stories
from plots with the shipped model and the settings as they are shipped. Voice and recogniser put
their sockets below /run, for which it takes root.
"""

from __future__ import annotations

import asyncio
import os
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient

from storybot.hearing.second import wyoming as recogniser
from storybot.speaking.voices import wyoming as voice
from tests.home.broker import Mosquitto, resident_mb
from tests.home.page.processes import PageProcess
from tests.home.processes import BridgeProcess, Daemon, Process, StoryServer

STARTS, REQUESTS = 5, ("a story about a cat", "a story about a boat", "a story about a dragon")


def started(process: Process, said: str) -> float:
    """Seconds of processor time until it says so: other work on the machine does not count."""
    before = process.said().count(said) if process.log.exists() else 0
    process.start()
    assert process.process is not None
    while not process.log.exists() or process.said().count(said) == before:
        time.sleep(0.01)
    fields = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime, stime: proc(5)


def of_process(process: Process, said: str) -> str:
    """Processor time of the start, and resident memory."""
    times = []
    for _ in range(STARTS):
        times.append(started(process, said))
        assert process.process is not None
        memory = resident_mb(process.process.pid)
        process.end()
    return f"{statistics.median(times):.2f} s, {memory:.1f} MB"


async def of_story(port: int, text: str) -> tuple[float, float, int]:
    """Seconds until the first sentence and the end, and how many sentences there were."""
    began = time.monotonic()
    times: list[float] = []
    async with AsyncTcpClient("127.0.0.1", port) as client:
        await client.write_event(Transcript(text).event())
        while (event := await client.read_event()) is not None and event.type != "handled-stop":
            if event.type == "handled-chunk":
                times.append(time.monotonic() - began)
    return times[1], times[-1], len(times) - 1  # the first chunk is the title


@contextmanager
def lent(what: str, folder: Path, socket: str) -> Iterator[Process]:
    """`storybot wyoming --voice` or --recogniser, with the folder that its unit would make."""
    place = Path(socket).parent
    place.mkdir()
    try:
        yield Process(folder, "wyoming", f"home: {{{what}: 127.0.0.1:1}}\n", f"--{what}")
    finally:
        for left in place.iterdir():
            left.unlink()
        place.rmdir()


def in_both(process: Process, said: str) -> str:
    """The figures of both profiles."""
    settings = process._file.read_text()
    found = []
    for profile in ("full", "small"):
        process._file.write_text(re.sub(r"(?m)^service:.*\n", "", settings))
        with process._file.open("a") as file:
            file.write(f"service: {{profile: {profile}}}\n")
        found.append(f"{profile} {of_process(process, said)}")
    process._file.write_text(settings)
    return "; ".join(found)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="figures-") as folder:
        places = [Path(folder) / name for name in ("broker", "daemon", "beside")]
        for place in places:
            place.mkdir()
        daemon = Daemon(places[1], plot="on")
        with Mosquitto(places[0]) as broker, daemon:
            bridge = BridgeProcess(places[2], daemon.socket, broker.port)
            print(f"storybot mqtt: {in_both(bridge, 'connected to')}")
            page = PageProcess(places[2], daemon.socket)
            print(f"storybot page: {in_both(page, 'the page is at')}")
            for what, path in (("voice", voice.SOCKET), ("recogniser", recogniser.SOCKET)):
                with lent(what, places[2], path) as process:
                    print(f"storybot wyoming --{what}: {in_both(process, 'is lent')}")
            server = StoryServer(places[2], daemon.socket)
            print(f"storybot wyoming: {in_both(server, 'served at')}")
            started(server, "served at")
            try:
                figures = [asyncio.run(of_story(server.port, text)) for text in REQUESTS]
            finally:
                server.end()
        first, end, count = (statistics.median(values) for values in zip(*figures, strict=True))
        print(f"a story of {count} sentences: the first after {first:.1f} s, all after {end:.1f} s")


if __name__ == "__main__":
    main()
