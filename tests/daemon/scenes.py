"""What many scenes begin with."""

from __future__ import annotations

from storybot.controls.socket.requests import Ask
from storybot.robot import Mode
from tests.fakes.house import House

CAT = "tell me a story about a cat"


async def listening(house: House) -> float:
    """Wait until a spoken request would be heard."""
    return await house.wait(lambda: house.recognisers.listens_for == "keyphrase", "listening")


async def telling(house: House) -> None:
    await house.ask(Ask("a story about a cat"))
    await house.until(Mode.TELLING)
