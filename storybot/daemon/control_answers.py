"""Answers what is asked through the control socket."""

from __future__ import annotations

import random
from typing import Any, Protocol

from storybot.controls.socket import messages
from storybot.controls.socket.messages import (
    Again,
    Ask,
    ControlRequest,
    Sleep,
    Status,
    Stop,
    TellSaved,
    Volume,
    Watch,
)
from storybot.daemon.services import Services
from storybot.errors import StorybotError
from storybot.language import replies
from storybot.language.requests import Request, RequestKind
from storybot.language.typed_requests import is_allowed, understand_typed
from storybot.robot import Robot, obstacle
from storybot.robot.events import (
    Asked,
    Event,
    ReplayAsked,
    RequestRefused,
    SleepAsked,
    Source,
    VolumeAsked,
)
from storybot.robot.state import STORY_PARTS, Obstacle
from storybot.stories.story_request import SEED_LIMIT

STARTS = frozenset((RequestKind.STORY, RequestKind.ANOTHER, RequestKind.AGAIN))


class ControlledDaemon(Protocol):
    """The daemon, as far as this module knows it."""

    robot: Robot
    services: Services

    async def happen(self, event: Event) -> tuple[Robot, Robot]: ...

    def status(self) -> dict[str, Any]: ...


class ControlAnswers:
    """One method, `answer`, for the control service."""

    def __init__(self, daemon: ControlledDaemon) -> None:
        self._daemon = daemon

    async def answer(self, wish: ControlRequest) -> bytes:
        """The line to send back."""
        match wish:
            case Ask(text):
                return await self._asked(text)
            case Stop():
                return await self._request(Request(RequestKind.STOP))
            case Again():
                return await self._request(Request(RequestKind.AGAIN))
            case TellSaved(number):
                return await self._tell_saved(number)
            case Volume(percent, by):
                wanted = self._daemon.robot.volume + by if by is not None else percent
                if wanted is not None:
                    await self._daemon.happen(VolumeAsked(wanted))
                return messages.answer(volume=self._daemon.robot.volume)
            case Sleep(minutes, stories):
                await self._daemon.happen(SleepAsked(minutes, stories))
                return messages.answer(**self._daemon.status())
            case Status() | Watch():
                return messages.answer(**self._daemon.status())

    async def _asked(self, text: str) -> bytes:
        request = understand_typed(text)
        if not is_allowed(request, text, self._daemon.services.shared.allowed):
            await self._daemon.happen(RequestRefused())
            return messages.refusal(replies.Reply.REFUSED.value)
        if request is None:
            return messages.refusal(replies.NOT_UNDERSTOOD)
        return await self._request(request)

    async def _request(self, request: Request) -> bytes:
        if request.kind not in STARTS:
            await self._daemon.happen(Asked(request, 0, Source.SOCKET))
            return messages.answer(**self._daemon.status())
        return await self._start(Asked(request, random.randrange(SEED_LIMIT), Source.SOCKET))

    async def _tell_saved(self, number: int) -> bytes:
        library = self._daemon.services.narrator.library
        try:
            story = library.get(number)
        except StorybotError as error:
            return messages.refusal(str(error))
        return await self._start(ReplayAsked(story.request()))

    async def _start(self, event: Event) -> bytes:
        """An event that shall begin a story; the answer says whether it did."""
        before, after = await self._daemon.happen(event)
        if after.number == before.number or after.story is None:
            return messages.refusal(_why_no_story(before))
        return messages.answer(
            said=after.story.title, story=after.story.number, seed=after.story.seed
        )


def _why_no_story(robot: Robot) -> str:
    """Why no story began, for whoever asked for it."""
    match obstacle(robot):
        case Obstacle.NOT_RUNNING:
            return replies.not_running(robot.mode.value)
        case Obstacle.BEING_TOLD:
            return replies.BEING_TOLD
        case Obstacle.PARTS_MISSING:
            return replies.parts_missing(sorted(part.value for part in robot.missing & STORY_PARTS))
        case None:
            return replies.TIME_TO_SLEEP
