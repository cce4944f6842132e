"""Stories by the thousand with faults at random and nobody to help: `make soak N=1000`.

Time is virtual (see tests/fakes/clock.py) except while the engine works. Real: the daemon, the
engine, the voice's synthesis, the library. Fake: the hearing child, the loudspeaker, the button.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import random
import signal
import tempfile
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from storybot.config.schema import Settings, TellingSettings
from storybot.controls.socket.requests import Ask, Stop
from storybot.errors import StorybotError
from storybot.language.replies import Reply
from storybot.models import installed
from storybot.robot import Mode
from storybot.robot.events import Event, StoryFailed, StoryTold
from storybot.speaking.captions import OnWord
from storybot.speaking.pauses import Place
from storybot.speaking.phrases import Quotation
from storybot.speaking.synthesizer import Spoken
from storybot.speaking.voices.espeak import EspeakVoice
from storybot.speaking.voices.voice import Pcm, SpeechParameters
from storybot.stories.story_request import StoryRequest
from storybot.system.engine_program import find_engine
from storybot.telling.engine import Engine
from tests.fakes import clock
from tests.fakes.house import House, living
from tests.fakes.speaking import FakeSpeaker

THINGS = ("cat", "dog", "owl", "boat", "star", "castle", "bear", "ball")
PATIENCE = 200.0  # virtual s for one story with whatever befalls it
WORK = 0.03  # s in which most engines are struck at work
BACK = 10.0  # virtual s to be listening again
NONSENSE = (
    "12345",
    "",
    "blah blah",
    "what time is it",
    "turn off the light",
    "be quiet about it",
    "Wo ist der Käse?",
    "a cœur",
    "кот",
    "a story about a gu-n",
    "k1ll",
    "x" * 300,
)
NOT_TAKEN = ("did not understand", Reply.REFUSED.value)


class SynthesisingSpeaker(FakeSpeaker):
    """Every sentence is really synthesised, and takes its real length of virtual time."""

    def __init__(self) -> None:
        super().__init__()
        self._voice = EspeakVoice()

    async def say(
        self,
        text: str,
        on_word: OnWord | None = None,
        place: Place = Place.WITHIN,
        quotations: Sequence[Quotation] = (),
    ) -> Spoken:
        frames = 0

        def count(pcm: Pcm) -> bool:
            nonlocal frames
            frames += pcm.frames
            return True

        self._voice.synthesise(text, SpeechParameters("en-us", 150, 55), count)
        self.per_word = frames / self._voice.rate / max(1, len(text.split()))
        return await super().say(text, on_word, place, quotations)


class Soak:
    """Keeps what becomes of each story, by its number: one fault may begin several."""

    def __init__(self, house: House, chance: random.Random, faults: Sequence[str]) -> None:
        self.house, self.chance, self.kinds = house, chance, faults
        # One works at a time; one that has been made and not yet started must not be forgotten.
        self.engines: deque[Engine] = deque(maxlen=4)
        self.pids: set[int] = set()  # of those that were seen at work and are not gone
        self.begun: set[int] = set()
        self.ends: dict[int, str] = {}  # number -> told, lost or stopped, whichever came first
        self.nonsense = self.refused = 0
        self.losses: list[str] = []  # the fault of each lost story, and what the robot knew of it
        self.faults: Counter[str] = Counter()
        self.slowest = 0.0
        self.strike: signal.Signals | None = None  # what the next engine gets
        self.striking: asyncio.Task[None] | None = None
        self.fault = self.before = "nothing"  # of this story, and of the last one
        story = house.daemon.services.narrator
        emit, begin, stop = story._emit, story.begin, story.stop_story

        def listen(event: Event) -> None:
            if isinstance(event, StoryTold):
                self.ends.setdefault(event.number, "told")
            elif isinstance(event, StoryFailed):
                self.ends.setdefault(event.number, "lost")
                self.losses.append(f"{self.fault}: {event.sentence}")
            emit(event)

        def begun(request: StoryRequest, number: int) -> None:
            self.begun.add(number)
            begin(request, number)

        async def stopped() -> None:
            for number in self.open:
                self.ends[number] = "stopped"
            await stop()

        changed = cast(Any, story)
        changed._emit, changed.begin, changed.stop_story = listen, begun, stopped

    @property
    def open(self) -> set[int]:
        """The stories begun that have no end yet."""
        return self.begun - self.ends.keys()

    def count(self, end: str) -> int:
        """How many stories were told, lost or stopped."""
        return list(self.ends.values()).count(end)

    def make(self, engine: Engine) -> Engine:
        """A new engine; it works for some hundredths of a second, and may not get to its end."""
        self.engines.append(engine)
        strike, self.strike = self.strike, None
        if strike is not None:
            self.striking = asyncio.create_task(self._strike(engine, strike, self.fault))
        return engine

    async def _strike(self, engine: Engine, number: signal.Signals, fault: str) -> None:
        """Strike the engine at work; where it is done already that is no fault."""
        while engine.pid is None:
            await asyncio.sleep(0)
        await asyncio.sleep(self.chance.uniform(0.0, WORK))
        if engine.pid is not None and _alive(engine.pid):
            os.kill(engine.pid, number)
            self.faults[fault] += 1

    def busy(self) -> bool:
        """Whether an engine works, or has not yet been waited for: then time is real."""
        self.pids |= {engine.pid for engine in self.engines if engine.pid is not None}
        self.pids = {pid for pid in self.pids if Path(f"/proc/{pid}").exists()}
        return bool(self.pids)

    async def ask(self) -> str:
        """One of the ways to ask; which one, and what was answered."""
        way = self.chance.choice(("voice", "socket", "button"))
        thing = self.chance.choice(THINGS)
        await self.house.wait(
            lambda: self.house.recognisers.listens_for == "keyphrase", "ear", PATIENCE
        )
        if way == "voice":
            self.house.recognisers.hear(f"tell me a story about a {thing}")
        elif way == "socket":
            way += str(await self.house.ask(Ask(f"a story about a {thing}")))
        else:
            await self.house.press()
        return way

    async def one(self) -> None:
        """One story, and perhaps a fault in it."""
        number = self.house.daemon.robot.number
        self.fault, fault = "no fault", None
        if self.chance.random() < 0.5:
            self.fault = self.chance.choice(self.kinds)
            fault = FAULTS[self.fault]
            self.faults[self.fault] += self.fault not in STRIKES
        self.strike = STRIKES.get(self.fault)
        asked = f"a story, asked by {await self.ask()} after {self.before}"
        await self.house.wait(lambda: self.house.daemon.robot.number > number, asked, 5.0)
        if fault is not None:
            await asyncio.sleep(self.chance.uniform(0.0, 12.0))
            await fault(self)
        self.before = self.fault
        await self.house.wait(
            lambda: not self.open, f"an end of every story after {self.fault}", PATIENCE
        )
        if self.striking is not None:
            self.striking.cancel()
        took = await self.house.until(Mode.IDLE, PATIENCE)
        took += await self.house.wait(
            lambda: self.house.recognisers.listens_for == "keyphrase", "ear", BACK
        )
        self.slowest = max(self.slowest, took)
        self.forget()

    def forget(self) -> None:
        """The fakes remember everything, which would look like a leak."""
        house = self.house
        for memory in (house.heard, house.lights.shown, house.speaker.fades):
            memory.clear()
        del house.recognisers.children[:-1], house.buttons[:-1]


async def ear_dies(soak: Soak) -> None:
    soak.house.recognisers.child.die()


async def ear_hangs(soak: Soak) -> None:
    soak.house.recognisers.child.stalled = True
    await asyncio.sleep(6)


async def microphone_unplugged(soak: Soak) -> None:
    soak.house.recognisers.fails = soak.chance.randrange(1, 5)
    soak.house.recognisers.child.die()
    await asyncio.sleep(10)


async def loudspeaker_unplugged(soak: Soak) -> None:
    soak.house.speaker.plugged = False
    await asyncio.sleep(soak.chance.uniform(0.5, 30.0))
    soak.house.speaker.plugged = True


async def engine_struck(soak: Soak) -> None:
    """It was, when it began: see STRIKES."""


async def disk_full(soak: Soak) -> None:
    library = soak.house.daemon.services.narrator.library
    folder, library.folder = library.folder, Path("/dev/full/nowhere")
    asyncio.get_running_loop().call_later(60, setattr, library, "folder", folder)


async def reload(soak: Soak) -> None:
    soak.house.daemon.reload()


async def button_board_unplugged(soak: Soak) -> None:
    soak.house.button_fails = 3
    soak.house.buttons[-1].put(StorybotError("the button board is gone"))
    await asyncio.sleep(5)


async def bounce(soak: Soak) -> None:
    for number in range(100):
        soak.house.buttons[-1].put(number % 2 == 0)
        await asyncio.sleep(0.01)


async def hammer(soak: Soak) -> None:
    for _ in range(10):
        await soak.house.press(0.05)
    await asyncio.sleep(1)
    await soak.house.ask(Stop())


async def stop(soak: Soak) -> None:
    await soak.house.ask(Stop())


async def chatter(soak: Soak) -> None:
    for text in soak.chance.sample(NONSENSE, len(NONSENSE)):
        reply = await soak.house.ask(Ask(text))
        soak.nonsense += 1
        soak.refused += any(reason in str(reply) for reason in NOT_TAKEN)


FAULTS: dict[str, Callable[[Soak], Awaitable[None]]] = {
    "ear dies": ear_dies,
    "ear hangs": ear_hangs,
    "microphone unplugged": microphone_unplugged,
    "loudspeaker unplugged": loudspeaker_unplugged,
    "engine killed": engine_struck,
    "engine hangs": engine_struck,
    "disk full": disk_full,
    "settings reloaded": reload,
    "button board unplugged": button_board_unplugged,
    "button bounces": bounce,
    "button hammered": hammer,
    "stopped by somebody": stop,
    "nonsense asked": chatter,
}

ENDS = ("told", "stopped", "lost")
STRIKES = {"engine killed": signal.SIGKILL, "engine hangs": signal.SIGSTOP}


def _alive(pid: int) -> bool:
    """Whether the process runs: one that ended, and that nobody waited for yet, does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def figures() -> dict[str, int]:
    """What must stay flat."""
    gc.collect()
    status = Path("/proc/self/status").read_text("ascii")
    resident = int(status.partition("VmRSS:")[2].split()[0])
    return {
        "kB": resident,
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "threads": len(list(Path("/proc/self/task").iterdir())),
        "tasks": len(asyncio.all_tasks()),
    }


async def run(house: House, soak: Soak, count: int) -> list[tuple[int, dict[str, int]]]:
    """Tell `count` stories; the figures after every twentieth part."""
    rows: list[tuple[int, dict[str, int]]] = []
    async with living(house):
        for number in range(1, count + 1):
            await soak.one()
            if number % max(1, count // 20) == 0:
                rows.append((number, figures()))
                ends = map(soak.count, ENDS)
                print(len(soak.begun), *ends, *rows[-1][1].values(), sep="\t", flush=True)
    return rows


def engine_for(settings: TellingSettings) -> Callable[[], Engine]:
    program, files = find_engine(""), installed.resolve_model("default")
    return lambda: Engine(settings, program, files.model, files.tokenizer)


def soak(
    count: int, seed: int, faults: Sequence[str] = tuple(FAULTS)
) -> tuple[Soak, list[tuple[int, dict[str, int]]], float]:
    """The whole run in a folder of its own; the loop's virtual seconds come last."""
    logging.getLogger("storybot").setLevel(logging.CRITICAL)
    # Deadlines pass in real time: short ones save hours, but a busy machine must not miss them.
    telling = TellingSettings(longest=120, first_deadline=4.0, token_deadline=3.0)
    with tempfile.TemporaryDirectory() as folder:
        found: list[Soak] = []

        async def main() -> tuple[list[tuple[int, dict[str, int]]], float]:
            house = House(Path(folder), "full", replace(Settings(), telling=telling))
            house.speakers[:] = [SynthesisingSpeaker()]
            house.daemon.services.speaker.speaker = cast(Any, house.speakers[0])
            one = Soak(house, random.Random(seed), faults)
            found.append(one)
            make = engine_for(telling)

            house.daemon.services.narrator.make = lambda: one.make(make())
            loop = asyncio.get_running_loop()
            began = loop.time()
            rows = await run(house, one, count)
            return rows, loop.time() - began

        rows, lived = clock.run(main(), lambda: bool(found) and found[0].busy())
        one = found[0]
        assert len(one.begun) == sum(map(one.count, ENDS)), f"no end of {one.open}"
        return one, rows, lived


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1000, help="stories")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    began = time.monotonic()
    print("begun\ttold\tstopped\tlost\tkB\tfiles\tthreads\ttasks")
    one, rows, lived = soak(args.n, args.seed)
    faults = sum(one.faults.values())
    print(
        f"{args.n} asked for; {len(one.begun)} begun = {one.count('told')} told + "
        f"{one.count('stopped')} stopped + {one.count('lost')} lost; {faults} faults; "
        f"{one.refused} of {one.nonsense} nonsense sentences refused; "
        f"listening again {one.slowest:.1f} s after a story at the latest; "
        f"{lived / 3600:.1f} h of the box's life in {time.monotonic() - began:.0f} s"
    )
    for name, times in sorted(one.faults.items()):
        print(f"  {name:24} {times}")
    for loss in one.losses:
        print(f"  lost after {loss}")
    half = rows[len(rows) // 2 :]
    growth = half[-1][1]["kB"] - half[0][1]["kB"]
    print(f"memory over the second half: {growth:+d} kB; {half[-1][1]}")


if __name__ == "__main__":
    main()
