"""Faults of the engine with real processes: the daemon's story room around the real Engine."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from storybot.config.schema import TellingSettings
from storybot.controls.socket.requests import Again, Ask
from storybot.robot import Mode
from storybot.robot.events import StoryFailed
from storybot.telling.engine import Engine
from tests.fakes.house import House, living

ROOT = Path(__file__).parents[2]
STORYTELLER = ROOT / "build" / "native" / "storyteller"
SHARED = Path(os.environ.get("STORYBOT_SHARED", ROOT.parent / "shared"))
MODEL = SHARED / "models" / "stories260K.bin"
TOKENIZER = SHARED / "models" / "tok512.bin"
SLOWER_MODEL = SHARED / "models" / "storylike15M.bin"  # long enough at work to be killed
SLOWER_TOKENIZER = SHARED / "models" / "tokenizer.bin"

FAULTS = {
    "garbage": 'printf "\\377\\376\\375\\374%.0s" $(seq 500)',
    "ends at once": "exit 3",
    "says nothing": "true",
    "is killed": "printf 'Once there was a cat. It was'; kill -9 $$",
    "hangs": "printf 'Once there was a cat. It was'; exec sleep 60",
    "floods its complaints": "yes trouble | head -c 300000 >&2; exit 1",
}


def house_with(
    folder: Path,
    engine: Path,
    model: Path,
    tokenizer: Path | None,
    deadline: float = 30.0,
    longest: int = 80,
) -> House:
    house = House(folder)
    house.speaker.per_word = 0.02
    telling = TellingSettings(first_deadline=deadline, token_deadline=deadline, longest=longest)
    house.settings = replace(house.settings, telling=telling)
    house.daemon.services.narrator.make = lambda: cast(
        Any, Engine(telling, engine, model, tokenizer)
    )
    return house


def failures_of(house: House) -> list[str]:
    """The sentences of the stories that fail from now on."""
    failed: list[str] = []
    emit = house.daemon.services.narrator._emit

    def listen(event: Any) -> None:
        if isinstance(event, StoryFailed):
            failed.append(event.sentence)
        emit(event)

    house.daemon.services.narrator._emit = listen
    return failed


async def in_real_time(house: House, scene: Any) -> None:
    async with living(house, None):
        await house.until(Mode.IDLE, 20)
        await scene()


@pytest.mark.parametrize("fault", FAULTS)
def test_real_engine_faults(tmp_path: Path, fault: str) -> None:
    """Each costs one story; the next one is told, and no process is left behind."""
    engine = tmp_path / "storyteller"

    def write(script: str) -> None:
        engine.write_text(f"#!/bin/bash\n{script}\n")
        engine.chmod(engine.stat().st_mode | stat.S_IXUSR)

    good = "printf 'Once there was a cat. It was happy.'"

    async def main() -> None:
        write(good)
        house = house_with(tmp_path, engine, tmp_path / "model", None, deadline=2.0)
        failed = failures_of(house)

        async def scene() -> None:
            write(FAULTS[fault])
            await house.ask(Ask("a story about a cat"))
            await house.until(Mode.THINKING, 5)
            await house.until(Mode.IDLE, 30)
            assert len(failed) == 1 and "engine" in failed[0]
            write(good)
            await house.ask(Ask("a story about a cat"))
            await house.wait(lambda: "It was happy." in house.heard, "told", 20)
            await house.until(Mode.IDLE, 20)

        await in_real_time(house, scene)

    asyncio.run(main())


needs_engine = pytest.mark.skipif(
    not STORYTELLER.exists() or not MODEL.exists(),
    reason="needs the engine (make engine) and ../shared/models",
)


@needs_engine
def test_an_opening_without_room_for_a_story_is_refused(tmp_path: Path) -> None:
    """16 tokens are fewer than an opening about two things has: the story fails and says why."""

    async def main() -> None:
        house = house_with(tmp_path, STORYTELLER, MODEL, TOKENIZER, longest=16)
        failed = failures_of(house)

        async def scene() -> None:
            await house.ask(Ask("a story about a princess and a dragon"))
            await house.wait(lambda: bool(failed), "the story fails", 20)
            await house.until(Mode.IDLE, 30)
            assert "the opening is too long" in failed[0] and "telling.longest" in failed[0]
            assert "the end of our story" not in house.heard

        await in_real_time(house, scene)

    asyncio.run(main())


@needs_engine
@pytest.mark.parametrize("change", ["truncated", "replaced", "removed"])
def test_model_file_changed_while_telling(tmp_path: Path, change: str) -> None:
    model = tmp_path / "model.bin"
    shutil.copy(MODEL, model)

    async def main() -> None:
        house = house_with(tmp_path, STORYTELLER, model, TOKENIZER)

        async def scene() -> None:
            await house.ask(Ask("a story about a cat"))
            await house.until(Mode.THINKING, 5)
            if change == "truncated":
                os.truncate(model, 1000)
            elif change == "removed":
                model.unlink()
            else:
                other = tmp_path / "other"
                other.write_bytes(b"not a model" * 1000)
                other.replace(model)
            await house.until(Mode.IDLE, 60)
            await house.ask(Ask("a story about a dog"))
            await house.until(Mode.IDLE, 60)
            shutil.copy(MODEL, tmp_path / "again")
            (tmp_path / "again").replace(model)
            house.heard.clear()
            await house.ask(Ask("a story about a dog"))
            await house.wait(lambda: len(house.heard) > 3, "told", 60)

        await in_real_time(house, scene)

    asyncio.run(main())


@needs_engine
def test_real_engine_killed_in_the_middle(tmp_path: Path) -> None:
    """kill -9: the second run goes on where the first was, word for word."""

    async def main() -> None:
        house = house_with(tmp_path, STORYTELLER, SLOWER_MODEL, SLOWER_TOKENIZER)
        story = house.daemon.services.narrator
        pids: list[int] = []

        async def scene() -> None:
            await house.ask(Ask("a story about a cat"))
            async with asyncio.timeout(60):
                while not pids:
                    await asyncio.sleep(0)
                    if story.engine is not None and story.engine.pid is not None:
                        pids.append(story.engine.pid)
                        os.kill(pids[0], signal.SIGKILL)
            await house.until(Mode.IDLE, 60)
            whole = list(house.heard)
            house.heard.clear()
            await house.ask(Again())
            await house.until(Mode.IDLE, 60)
            assert [text for text in house.heard if text[0] != "<"] == [
                text for text in whole if text[0] != "<"
            ]
            assert not Path(f"/proc/{pids[0]}").exists()

        await in_real_time(house, scene)

    asyncio.run(main())
