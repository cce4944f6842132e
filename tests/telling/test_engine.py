"""The engine as a child process: what it is asked, what it says, and that it always ends."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storybot.config.schema import TellingSettings
from storybot.errors import Exit, StorybotError
from storybot.telling.engine import Engine
from tests.fakes.engine import PROGRAM, fake_engine
from tests.fakes.fake_engine import STORY


def told(engine: Engine, opening: str = "Once", seed: int = 3, longest: int | None = None) -> str:
    async def collect() -> str:
        return "".join([piece async for piece in engine.tell(opening, seed, longest)])

    return asyncio.run(collect())


def fault_of(engine: Engine) -> tuple[str, StorybotError]:
    """What was told until the fault, and the fault."""
    pieces: list[str] = []

    async def collect() -> None:
        async for piece in engine.tell("Once", 1):
            pieces.append(piece)

    with pytest.raises(StorybotError) as caught:
        asyncio.run(collect())
    return "".join(pieces), caught.value


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state in "ZX"


def wait_until_gone(pid: int, seconds: float = 20.0) -> bool:
    limit = time.monotonic() + seconds
    while not gone(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    return gone(pid)


def test_the_story_comes_whole() -> None:
    engine = fake_engine("whole")
    assert told(engine) == STORY + "\n"
    assert engine.figures is not None
    assert engine.figures.tokens_per_second == 123.5
    assert engine.figures.first_token_s > 0
    assert engine.pid is None


def test_what_the_engine_is_asked() -> None:
    settings = TellingSettings(temperature=0.5, topp=0.8, threads=2, kernel="scalar")
    engine = Engine(settings, PROGRAM, Path("/m/echo"), Path("/m/tok.bin"))
    said = told(engine, opening="A\x00 dog\x1b -i", seed=42, longest=17)
    asked = "--stats -t 0.5 -p 0.8 -z /m/tok.bin -j 2 --kernel scalar -s 42 -n 17 -i A dog -i"
    assert said == f"{asked}.\n"


def test_the_limit_comes_from_the_settings_unless_given() -> None:
    assert "-n 99 " in told(fake_engine("echo", longest=99))


@pytest.mark.parametrize("manner", ["hang", "hang-midway", "deaf"])
def test_an_engine_that_hangs_is_ended_at_its_deadline(manner: str) -> None:
    first = 1.0 if manner == "hang" else 60.0  # a loaded machine starts the fake slowly
    engine = fake_engine(manner, first_deadline=first, token_deadline=1.0)
    text, fault = fault_of(engine)
    assert fault.code == Exit.ENGINE
    assert "silent for" in str(fault)
    assert (
        text
        == {"hang": "", "hang-midway": STORY + "Then he", "deaf": "Once upon a time. There was"}[
            manner
        ]
    )
    assert engine.pid is None


@pytest.mark.parametrize(
    ("manner", "code", "sentence"),
    [
        ("bad-model", Exit.MODEL, "the engine gave up: the model is cut short; get it again"),
        ("bad-option", Exit.ENGINE, "the engine gave up: there is no kernel of that name"),
        ("crash", Exit.ENGINE, "the engine was ended by SIGSEGV"),
        ("silent", Exit.ENGINE, "the engine wrote nothing"),
        ("garbage", Exit.ENGINE, "not UTF-8 text"),
    ],
)
def test_faults_are_told_in_one_sentence(manner: str, code: Exit, sentence: str) -> None:
    _, fault = fault_of(fake_engine(manner))
    assert fault.code == code
    assert sentence in str(fault)
    assert "\n" not in str(fault)


def test_an_opening_too_long_for_a_command_line() -> None:
    with pytest.raises(StorybotError, match="the opening is too long") as caught:
        told(fake_engine("whole"), opening="a cat " * 40_000)
    assert caught.value.code == Exit.USAGE


def test_an_engine_that_is_not_there() -> None:
    engine = Engine(TellingSettings(), Path("/nowhere/storyteller"), Path("/m/whole"))
    _, fault = fault_of(engine)
    assert fault.code == Exit.ENGINE
    assert "cannot be started" in str(fault)


def test_stray_bytes_and_terminal_commands_are_left_out() -> None:
    assert told(fake_engine("stray")) == "A  café [31mopened. It closed. "


def test_much_on_stderr_does_not_block_it() -> None:
    assert told(fake_engine("talks")) == STORY + "\n"


def test_stop_ends_the_story_without_an_error() -> None:
    async def story() -> tuple[list[str], int]:
        engine = fake_engine("deaf")
        pieces = []
        pid = 0
        async for piece in engine.tell("Once", 1):
            pid = engine.pid or 0
            pieces.append(piece)
            await engine.stop(grace=0.1)
        assert engine.figures is None
        return pieces, pid

    pieces, pid = asyncio.run(story())
    assert pieces == ["Once upon a time. There was"]
    assert wait_until_gone(pid)


def test_a_stop_while_the_engine_starts_is_not_lost() -> None:
    async def story() -> list[str]:
        engine = fake_engine("endless")
        heard: list[str] = []

        async def listen() -> None:
            async for piece in engine.tell("Once", 1):
                heard.append(piece)

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0)
        await engine.stop()
        await asyncio.wait_for(listening, 30)
        assert engine.pid is None
        return heard

    assert asyncio.run(story()) == []


def test_a_reader_that_leaves_ends_the_engine() -> None:
    async def story() -> int:
        engine = fake_engine("endless")
        pieces = engine.tell("Once", 1)
        await anext(pieces)
        pid = engine.pid
        await pieces.aclose()
        assert engine.pid is None
        return pid or 0

    assert wait_until_gone(asyncio.run(story()))


def test_stories_that_are_left_leave_no_pipe_behind() -> None:
    async def open_files() -> list[int]:
        engine = fake_engine("endless")
        counts = []
        for _ in range(3):
            pieces = engine.tell("Once", 1)
            await anext(pieces)
            await asyncio.sleep(0.2)  # it writes more than anybody reads
            await pieces.aclose()
            await asyncio.sleep(0.1)
            counts.append(len(list(Path("/proc/self/fd").iterdir())))
        return counts

    counts = asyncio.run(open_files())
    assert counts[0] == counts[-1]


def test_cancelling_ends_the_engine() -> None:
    async def story() -> int:
        engine = fake_engine("hang")

        async def listen() -> None:
            async for _ in engine.tell("Once", 1):
                pass

        task = asyncio.create_task(listen())
        while engine.pid is None:
            await asyncio.sleep(0.01)
        pid = engine.pid
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid

    assert wait_until_gone(asyncio.run(story()))


def test_one_story_at_a_time() -> None:
    async def two() -> None:
        engine = fake_engine("endless")
        first = engine.tell("Once", 1)
        await anext(first)
        with pytest.raises(RuntimeError):
            await anext(engine.tell("Twice", 2))
        await first.aclose()
        again = engine.tell("Once", 1)
        assert await anext(again)
        await again.aclose()

    asyncio.run(two())


def test_no_engine_outlives_a_parent_that_was_killed() -> None:
    """The engine writes into a pipe whose reader is gone, and SIGPIPE ends it."""
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import asyncio\n"
            "from tests.fakes.engine import fake_engine\n"
            "async def main():\n"
            "    engine = fake_engine('endless')\n"
            "    async for _ in engine.tell('Once', 1):\n"
            "        print(engine.pid, flush=True)\n"
            "        await asyncio.sleep(60)\n"
            "asyncio.run(main())\n",
        ],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert not gone(pid)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert wait_until_gone(pid)


def test_the_child_is_bounded_and_goes_first_when_memory_is_short() -> None:
    async def story() -> tuple[str, str]:
        engine = fake_engine("deaf", first_deadline=10, token_deadline=2, longest=45)
        pieces = engine.tell("Once", 1)
        await anext(pieces)
        process = Path(f"/proc/{engine.pid}")
        limits, score = (process / "limits").read_text(), (process / "oom_score_adj").read_text()
        await pieces.aclose()
        return limits, score

    limits, score = asyncio.run(story())
    cpu = next(line for line in limits.splitlines() if line.startswith("Max cpu time"))
    assert cpu.split()[3] == "100"
    assert score.strip() == "800"
