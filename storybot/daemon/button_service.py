"""The button and the lights: opened again after they were unplugged."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from storybot.config.schema import ControlsSettings, Settings
from storybot.controls.buttons import gestures
from storybot.controls.buttons.button import Button
from storybot.controls.buttons.choice import make_button
from storybot.controls.buttons.gestures import Gesture
from storybot.controls.lights.choice import make_lights
from storybot.controls.lights.lights import Lights, NoLights
from storybot.daemon.configuration import Configuration
from storybot.daemon.health import Emit, Health
from storybot.daemon.restarting_task import RestartingTask
from storybot.errors import StorybotError
from storybot.robot.events import Part, Pressed
from storybot.stories.story_request import fresh_seed

LOG = logging.getLogger("storybot")
Make = Callable[[ControlsSettings], tuple[Button | None, Lights]]


def make_controls(settings: ControlsSettings) -> tuple[Button | None, Lights]:
    """Button and lights; on one serial port when both name the same one."""
    board = None
    shared = settings.lights_device in ("", settings.button_device)
    if settings.button == settings.lights == "serial" and shared:
        from storybot.controls.serial_board import SerialBoard

        board = SerialBoard(settings.button_device)
    button = make_button(settings, board)
    try:
        return button, make_lights(settings, board)
    except StorybotError as error:
        LOG.warning("no lights: %s", error)
        return button, NoLights()


class ButtonService:
    """Turns edges into the actions that the settings give to gestures."""

    def __init__(
        self, configuration: Configuration, emit: Emit, make: Make = make_controls
    ) -> None:
        self.settings = configuration.settings.controls
        self._emit, self._make = emit, make
        self._lights: Lights = NoLights()
        self._shown = "off"
        self.health = Health("buttons", emit, Part.BUTTON)
        self._restarting = RestartingTask(self.health, self._work)

    async def start(self) -> None:
        self._restarting.start()

    async def stop(self) -> None:
        await self._restarting.stop()
        self._turn_off()

    def task(self) -> asyncio.Task[None] | None:
        return self._restarting.task

    def apply(self, settings: Settings) -> None:
        if settings.controls != self.settings:
            self.settings = settings.controls
            self._restarting.restart()

    def show(self, name: str) -> None:
        """Show this state of the box from now on."""
        self._shown = name
        self._lights.show(name)

    def _turn_off(self) -> None:
        self._lights.close()
        self._lights = NoLights()

    async def _work(self) -> None:
        button, self._lights = self._make(self.settings)
        try:
            self._lights.show(self._shown)
            self.health.working()
            if button is None:
                await asyncio.Event().wait()
            else:
                await self._press(button)
        finally:
            if button is not None:
                button.close()
            self._turn_off()

    async def _press(self, button: Button) -> None:
        """Edges in, gestures out; wakes by itself when only time completes a gesture."""
        loop = asyncio.get_running_loop()
        known = gestures.ButtonState()
        edges = button.edges()
        coming = asyncio.ensure_future(anext(edges))
        try:
            while True:
                due = gestures.next_due(known, self.settings)
                wait = None if due is None else max(0.0, due - loop.time())
                done, _ = await asyncio.wait([coming], timeout=wait)
                if done:
                    down = coming.result()
                    known, found = gestures.on_edge(known, down, loop.time(), self.settings)
                    coming = asyncio.ensure_future(anext(edges))
                else:
                    known, found = gestures.on_time(known, loop.time(), self.settings)
                for gesture in found:
                    self._emit(Pressed(self._action(gesture), fresh_seed()))
        finally:
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError, StorybotError, StopAsyncIteration):
                await coming
            await edges.aclose()

    def _action(self, gesture: Gesture) -> str:
        return {
            Gesture.SHORT: self.settings.on_short,
            Gesture.DOUBLE: self.settings.on_double,
            Gesture.LONG: self.settings.on_long,
        }[gesture]
