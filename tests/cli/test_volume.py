"""`storybot volume` where floor or cap have the last word, against a daemon among fakes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storybot.cli.main import main
from tests.fakes.house import House, living

FLOOR = "20 %: it goes no lower (speaking.volume_floor)\n"
CAP = "100 %: it goes no higher (speaking.volume_cap)\n"


def test_what_keeps_the_volume_from_what_was_asked_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene() -> list[str]:
        house = House(tmp_path)
        own = tmp_path / "own.yaml"
        own.write_text(f"controls: {{socket: {house.settings.controls.socket}}}\n")
        said = []
        async with living(house):
            for word in ("40", "5", "-10", "0", "+5", "+90", "100"):
                code = await asyncio.to_thread(main, ["volume", word, "--config", str(own)])
                assert code == 0
                said.append(capsys.readouterr().out)
        return said

    told = asyncio.run(scene())
    assert told == ["40 %\n", FLOOR, FLOOR, FLOOR, "25 %\n", CAP, "100 %\n"]
