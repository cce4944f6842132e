"""A whole daemon among fakes, in virtual time: what a child would hear, see and press."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from storybot.config.schema import ControlsSettings, LibrarySettings, Settings
from storybot.controls.buttons.button import Button
from storybot.controls.lights.lights import Lights
from storybot.controls.socket.messages import encoded, read_reply
from storybot.controls.socket.requests import ControlRequest
from storybot.daemon.control_answers import ControlAnswers
from storybot.daemon.daemon import Daemon
from storybot.daemon.services import Factories
from storybot.errors import StorybotError
from storybot.robot import Mode
from storybot.system.systemd import StoryFields
from tests.fakes import clock
from tests.fakes.hearing import FakeRecognisers
from tests.fakes.speaking import FakeSpeaker
from tests.fakes.telling import Engines


class FakeButton:
    """A button under the test's finger."""

    def __init__(self) -> None:
        self._edges: asyncio.Queue[bool | StorybotError] = asyncio.Queue()
        self.closed = False

    def put(self, edge: bool | StorybotError) -> None:
        self._edges.put_nowait(edge)

    async def edges(self) -> AsyncGenerator[bool, None]:
        while True:
            edge = await self._edges.get()
            if isinstance(edge, StorybotError):
                raise edge
            yield edge

    def close(self) -> None:
        self.closed = True


class FakeLights:
    """Remembers what was shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, name: str) -> None:
        self.shown.append(name)

    def close(self) -> None:
        self.shown.append("off")


class House:
    """The daemon and everything around it."""

    def __init__(self, folder: Path, profile: str = "full", settings: Settings | None = None):
        self.settings = self.bare_settings(folder, settings or Settings())
        self.recognisers, self.engines, self.lights = FakeRecognisers(), Engines(), FakeLights()
        self.speakers = [FakeSpeaker()]
        self.buttons: list[FakeButton] = []
        self.button_fails = 0
        self.read_again: Callable[[], Settings] = lambda: self.settings
        factories = Factories(
            speaker=lambda settings, profile: cast(Any, self._next_speaker()),
            recogniser=lambda settings, profile: cast(Any, self.recognisers.make()),
            engine=lambda settings: cast(Any, self.engines.make()),
            controls=self._controls,
        )
        self._made_speakers = 0
        self.fields = StoryFields()
        self.daemon = Daemon(
            self.settings, profile, factories, lambda: self.read_again(), self.fields
        )

    @staticmethod
    def bare_settings(folder: Path, settings: Settings = Settings()) -> Settings:  # noqa: B008
        """Settings whose files lie in `folder`; the fake engine knows no drafts."""
        controls = replace(settings.controls, socket=str(folder / "control"), socket_group="")
        library = LibrarySettings(folder=str(folder / "stories"))
        telling = replace(settings.telling, plot="off")
        hearing = replace(settings.hearing, family_words=str(folder / "family-words.txt"))
        forbidden = str(folder / "forbidden-words.txt")
        safety = replace(settings.safety, forbidden_words=forbidden)
        settings = replace(settings, controls=controls, library=library, telling=telling)
        return replace(settings, hearing=hearing, safety=safety)

    def _next_speaker(self) -> FakeSpeaker:
        self._made_speakers += 1
        if self._made_speakers > len(self.speakers):
            self.speakers.append(FakeSpeaker())
        return self.speakers[self._made_speakers - 1]

    def _controls(self, _: ControlsSettings) -> tuple[Button | None, Lights]:
        if self.button_fails > 0:
            self.button_fails -= 1
            raise StorybotError("the button board is gone; plug it in")
        self.buttons.append(FakeButton())
        return self.buttons[-1], self.lights

    @property
    def speaker(self) -> FakeSpeaker:
        return self.speakers[-1]

    @property
    def mode(self) -> Mode:
        return self.daemon.robot.mode

    @property
    def heard(self) -> list[str]:
        """Everything that sounded."""
        return self.speaker.heard

    async def until(self, mode: Mode, longest: float = 120.0) -> float:
        """Wait for a state; returns how many (virtual) seconds it took."""
        return await self.wait(lambda: self.mode is mode, f"{mode.value}", longest)

    async def wait(
        self, reached: Callable[[], bool], what: str = "", longest: float = 120.0
    ) -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while not reached():
            if loop.time() - began > longest:
                raise AssertionError(f"{what} not reached in {longest} s; it is {self.mode}")
            await asyncio.sleep(0.02)
        return loop.time() - began

    async def ask(self, request: ControlRequest) -> dict[str, Any]:
        """As through the control socket, the socket left out."""
        return read_reply(encoded(await ControlAnswers(self.daemon).answer(request)))

    async def press(self, seconds: float = 0.1) -> None:
        self.buttons[-1].put(True)
        await asyncio.sleep(seconds)
        self.buttons[-1].put(False)
        await asyncio.sleep(0.1)

    async def told_once(self) -> None:
        """A story from asking to its end."""
        await self.wait(lambda: self.recognisers.listens_for == "keyphrase", "listening")
        self.recognisers.hear("tell me a story about a cat")
        await self.until(Mode.THINKING)
        await self.until(Mode.IDLE)


@asynccontextmanager
async def living(house: House, until: Mode | None = Mode.IDLE) -> AsyncIterator[House]:
    """The daemon runs inside the block, and ends in good order after it."""
    running = asyncio.create_task(house.daemon.run())
    try:
        if until is not None:
            waiting = asyncio.create_task(house.until(until))
            await asyncio.wait([waiting, running], return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
            await waiting
            await house.wait(lambda: not house.daemon.services.speaker.sounding, "silence")
        yield house
    finally:
        house.daemon.end()
        await asyncio.wait([running])
        running.result()


def play(
    folder: Path,
    scene: Callable[[House], Awaitable[None]],
    *,
    until: Mode | None = Mode.IDLE,
    before: Callable[[House], None] = lambda house: None,
    profile: str = "full",
    settings: Settings | None = None,
) -> House:
    """Run a scene in a house; `before` prepares it."""

    async def main() -> House:
        house = House(folder, profile, settings)
        before(house)
        async with living(house, until):
            await scene(house)
        return house

    return clock.run(main())
