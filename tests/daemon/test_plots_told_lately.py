"""The daemon remembers which plots it told, and tells others; a story told again stays the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from storybot.config.schema import Settings, TellingSettings
from storybot.controls.socket.requests import Again, Ask
from storybot.robot import Mode
from storybot.stories.library import KeptStory
from storybot.telling.engine import Engine
from tests.fakes.house import House, living

FAKE_DRAFTS = Path(__file__).parents[1] / "fakes" / "fake_drafts.py"
PLANNED = TellingSettings(plot="on", drafts=2)
STORIES = 6


class PlannedHouse(House):
    """Its engine answers with drafts that no editor takes, so that the plan tells all."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.speaker.per_word = 0.001
        self.daemon.services.narrator.make = lambda: cast(
            Any, Engine(PLANNED, FAKE_DRAFTS, Path("/models/fine"))
        )

    @staticmethod
    def bare_settings(folder: Path, settings: Settings = Settings()) -> Settings:  # noqa: B008
        return replace(House.bare_settings(folder, settings), telling=PLANNED)

    async def told(self, request: Ask | Again) -> KeptStory:
        """One story, from asking until it is in the library."""
        library = self.daemon.services.narrator.library
        answer = await self.ask(request)
        number = answer["story"]
        await self.until(Mode.THINKING, 10)
        await self.until(Mode.IDLE, 30)
        await self.wait(lambda: number in library.numbers(), "kept", 10)
        return library.get(number)


def test_no_plot_is_told_twice_in_a_row_also_after_a_start(tmp_path: Path) -> None:
    async def main() -> None:
        house = PlannedHouse(tmp_path)
        told: list[KeptStory] = []
        async with living(house):
            for _ in range(STORIES):
                told.append(await house.told(Ask("a story about a cat")))
        plots = [plot for story in told for plot in story.plots]
        assert len(plots) == len(set(plots)) == STORIES
        assert told[-1].recent == tuple(plots[:-1])
        house = PlannedHouse(tmp_path)
        async with living(house):
            after = await house.told(Ask("a story about a cat"))
        assert after.recent == tuple(plots)
        assert not set(after.plots) & set(plots)

    asyncio.run(main())


def test_a_story_told_again_is_the_same_story(tmp_path: Path) -> None:
    async def main() -> None:
        house = PlannedHouse(tmp_path)
        async with living(house):
            await house.told(Ask("a story about a dog"))
            first = await house.told(Ask("a story about a cat"))
            before = len(house.heard)
            again = await house.told(Again())
        assert again == first
        assert " ".join(house.heard[before:]).count(first.text.split(". ")[1]) == 1

    asyncio.run(main())
