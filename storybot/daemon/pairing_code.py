"""Has the box say a code at the next press of its button, for whoever pairs a device with the page.

Only those in the room hear it; that somebody pressed the button shows that they may.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Protocol

from storybot.controls.socket import messages
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import Message, Streamed
from storybot.daemon.services import Services
from storybot.language import replies
from storybot.robot import Robot
from storybot.robot.events import CodeAsked, Event, Part
from storybot.robot.state import BUSY, Mode

PRESS_WITHIN_S = 60.0
LOOK_INTERVAL_S = 0.1  # between two looks whether it was said


class PairingDaemon(Protocol):
    """The daemon, as far as this module uses it."""

    robot: Robot
    services: Services

    def emit(self, event: Event) -> None: ...

    async def happen(self, event: Event) -> tuple[Robot, Robot]: ...


class PairingCode:
    """One code at a time."""

    def __init__(self, daemon: PairingDaemon) -> None:
        self._daemon = daemon
        # Until when the present one waits, in the event loop's s: from the answer to its client on,
        # which may be before the robot knows of it.
        self._until = 0.0

    def begin(self, code: str) -> Message | Streamed:
        """Wait for the button, then tell in one news whether the code was said; or why not."""
        robot, settings = self._daemon.robot, self._daemon.services.configuration.settings
        if robot.mode in (Mode.STARTING, Mode.ENDING):
            sentence = replies.not_running(robot.mode.value)
            return messages.refusal(ErrorCode.NOT_RUNNING, sentence)
        if settings.controls.button == "none":
            return messages.refusal(ErrorCode.PARTS_MISSING, replies.NO_BUTTON)
        if gone := robot.missing & {Part.BUTTON, Part.VOICE}:
            sentence = replies.parts_missing(sorted(part.value for part in gone))
            return messages.refusal(ErrorCode.PARTS_MISSING, sentence)
        if robot.mode in BUSY:
            return messages.refusal(ErrorCode.BEING_TOLD, replies.BEING_TOLD)
        now = asyncio.get_running_loop().time()
        if robot.code or now < self._until:
            return messages.refusal(ErrorCode.BUSY, replies.CODE_WAITS)
        self._until = now + PRESS_WITHIN_S
        return Streamed(messages.answer(), self._said(code))

    async def _said(self, code: str) -> AsyncGenerator[Message, None]:
        loop, said = asyncio.get_running_loop(), False
        try:
            await self._daemon.happen(CodeAsked(code))
            while self._daemon.robot.code and loop.time() < self._until:
                await asyncio.sleep(LOOK_INTERVAL_S)
            said = not self._daemon.robot.code
        finally:
            if not said:  # also where the robot has yet to take it: this comes behind it
                self._daemon.emit(CodeAsked(""))
            self._until = 0.0
        yield messages.news("code", said=said)
