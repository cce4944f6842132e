"""Ended in every state."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from storybot.controls.socket.requests import Ask
from storybot.robot import Mode
from tests.daemon.scenes import listening
from tests.fakes.house import House, play


@pytest.mark.parametrize(
    "mode", [None, Mode.IDLE, Mode.HEARING, Mode.THINKING, Mode.TELLING, Mode.PAUSED, Mode.ASLEEP]
)
def test_ended_in_any_state(tmp_path: Path, mode: Mode | None) -> None:
    """SIGTERM: within three seconds every device is given back and no child is left."""
    took = 0.0

    async def scene(house: House) -> None:
        nonlocal took
        if mode is Mode.HEARING:
            await listening(house)
            house.recognisers.keyphrase()
        elif mode in (Mode.THINKING, Mode.TELLING, Mode.PAUSED):
            await house.ask(Ask("a story about a cat"))
        elif mode is Mode.ASLEEP:
            await house.ask(Ask("good night"))
            await house.ask(Ask("good night"))
        if mode is Mode.PAUSED:
            await house.until(Mode.TELLING)
            house.speaker.plugged = False
        if mode is not None:
            await house.until(mode)
        await asyncio.sleep(0.01)
        signal.raise_signal(signal.SIGTERM)
        took = await house.wait(lambda: house.speaker.closed, "closed", 10)

    house = play(tmp_path, scene, until=None if mode is None else Mode.IDLE)
    assert took < 3.0
    assert house.speaker.closed
    assert house.recognisers.alive == 0
    assert house.engines.running == 0
    assert not Path(house.settings.controls.socket).exists()


def test_ended_while_a_child_will_not_end(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        await listening(house)

        async def never(grace: float = 0.0) -> None:
            await asyncio.Event().wait()

        house.recognisers.child.stop = never  # type: ignore[method-assign]
        signal.raise_signal(signal.SIGTERM)
        assert await house.wait(lambda: house.speaker.closed, "closed", 10) < 3.0

    play(tmp_path, scene)
