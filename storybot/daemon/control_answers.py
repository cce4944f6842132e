"""Answers what is asked through the control socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import islice
from typing import Any, Protocol

from storybot.config import changeable
from storybot.config.schema import SpeakingSettings
from storybot.controls.socket import messages
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import Message, Streamed
from storybot.controls.socket.requests import (
    AddWord,
    Again,
    AllowWord,
    Ask,
    ChangeSettings,
    ControlRequest,
    FollowLevel,
    ForbidWord,
    ForgetEverything,
    ListLibrary,
    MarkFavourite,
    OneMore,
    RemoveStory,
    RemoveWord,
    SayCode,
    ShowForbidden,
    ShowSettings,
    ShowStory,
    ShowWords,
    Sleep,
    Status,
    Stop,
    TellSaved,
    Understand,
    Volume,
    Watch,
    Write,
)
from storybot.daemon.lending import forget_everything
from storybot.daemon.pairing_code import PairingCode
from storybot.daemon.reload import Reloader
from storybot.daemon.services import Services
from storybot.daemon.word_lists import WordLists
from storybot.daemon.writing import Writing
from storybot.errors import Exit, StorybotError
from storybot.language import replies
from storybot.language.requests import STORY_KINDS, Request, RequestKind, spoken_back
from storybot.robot import Robot, obstacle
from storybot.robot.events import (
    Asked,
    Event,
    OneMoreAsked,
    ReplayAsked,
    RequestRefused,
    SleepAsked,
    Source,
    VolumeAsked,
)
from storybot.robot.state import BUSY, STORY_PARTS, Obstacle
from storybot.stories.library import KeptStory, Library
from storybot.stories.story_request import fresh_seed


class ControlledDaemon(Protocol):
    """The daemon, as far as this module uses it."""

    robot: Robot
    services: Services
    reloader: Reloader

    async def happen(self, event: Event) -> tuple[Robot, Robot]: ...

    lendings: int | None

    def emit(self, event: Event) -> None: ...

    def status(self) -> dict[str, Any]: ...


class ControlAnswers:
    """One method, `answer`, for the control service."""

    def __init__(self, daemon: ControlledDaemon) -> None:
        self._daemon = daemon
        self._writing = Writing(daemon)
        self._lists, self._code = WordLists(daemon), PairingCode(daemon)

    async def answer(self, request: ControlRequest) -> Message | Streamed:
        """What to send back."""
        match request:
            case Ask(text):
                return await self._asked(text)
            case Understand(text):
                understood = self._understood(text)
                return _meaning(understood) if isinstance(understood, Request) else understood
            case Write(text, seed):
                return self._written(text, seed)
            case Stop():
                return await self._request(Request(RequestKind.STOP))
            case Again():
                return await self._request(Request(RequestKind.AGAIN))
            case TellSaved(story):
                return await self._tell_saved(story)
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
            case ListLibrary(limit, before):
                return await self._list_library(limit, before)
            case ShowStory(story):
                return await self._show_story(story)
            case RemoveStory(story):
                return await self._change_library(story, lambda kept: kept.remove(story))
            case MarkFavourite(story, favourite):
                return await self._change_library(story, lambda kept: kept.mark(story, favourite))
            case ShowSettings():
                settings = self._daemon.services.configuration.settings
                return messages.answer(settings=changeable.values(settings))
            case ChangeSettings(new):
                return await self._change_settings(new)
            case ShowWords():
                return self._lists.family()
            case AddWord(word, what, sounds):
                return await self._lists.add_family(word, what, sounds)
            case RemoveWord(word):
                return await self._lists.remove_family(word)
            case ShowForbidden():
                return await self._lists.forbidden()
            case ForbidWord(word):
                return await self._lists.add_forbidden(word)
            case AllowWord(word):
                return await self._lists.remove_forbidden(word)
            case OneMore():
                return await self._one_more()
            case FollowLevel():
                return Streamed(messages.answer(), self._daemon.services.listener.level.news())
            case SayCode(code):
                return self._code.begin(code)
            case ForgetEverything():
                wrong = await forget_everything(self._daemon)
                return wrong or messages.answer(**self._daemon.status())

    def _understood(self, text: str) -> Request | Message:
        """What the words ask for, or the refusal."""
        # Its patterns take 0.2 MB that nobody needs until somebody types a request.
        from storybot.language.typed_requests import is_allowed, understand_typed

        allowed = self._daemon.services.configuration.allowed
        request = understand_typed(text, allowed)
        if not is_allowed(request, text, allowed):
            return messages.refusal(ErrorCode.NOT_ALLOWED, replies.Reply.REFUSED.value)
        if request is None:
            return messages.refusal(ErrorCode.NOT_UNDERSTOOD, replies.NOT_UNDERSTOOD)
        return request

    async def _asked(self, text: str) -> Message:
        understood = self._understood(text)
        if isinstance(understood, Request):
            return await self._request(understood)
        if understood["code"] == ErrorCode.NOT_ALLOWED.value:
            await self._daemon.happen(RequestRefused())
        return understood

    def _written(self, text: str, seed: int | None) -> Message | Streamed:
        understood = self._understood(text)
        if not isinstance(understood, Request):
            return understood
        if understood.kind is not RequestKind.STORY:
            return messages.refusal(ErrorCode.NOT_UNDERSTOOD, replies.NOT_UNDERSTOOD)
        return self._writing.begin(understood, fresh_seed() if seed is None else seed)

    async def _request(self, request: Request) -> Message:
        if request.kind not in STORY_KINDS:
            await self._daemon.happen(Asked(request, 0, Source.SOCKET))
            return messages.answer(**self._daemon.status())
        return await self._start(Asked(request, fresh_seed(), Source.SOCKET))

    async def _tell_saved(self, number: int) -> Message:
        try:
            story = await self._daemon.services.narrator.read_library(lambda kept: kept.get(number))
        except StorybotError as error:
            return messages.refusal(ErrorCode.NO_STORY, str(error))
        return await self._start(ReplayAsked(story.request()))

    async def _one_more(self) -> Message:
        if self._daemon.robot.mode not in BUSY:
            return await self._start(OneMoreAsked(fresh_seed()))
        await self._daemon.happen(OneMoreAsked(fresh_seed()))
        return messages.answer(**self._daemon.status())

    async def _start(self, event: Event) -> Message:
        """Give the robot an event that should begin a story, and answer whether it did."""
        before, after = await self._daemon.happen(event)
        if after.number == before.number or after.story is None:
            return _why_no_story(before)
        return messages.answer(
            said=after.story.title, story=after.story.number, seed=after.story.seed
        )

    async def _list_library(self, limit: int, before: int | None) -> Message:
        def read(library: Library) -> list[KeptStory]:
            return list(islice(library.stories(before), limit))

        found = await self._daemon.services.narrator.read_library(read)
        return messages.answer(library=[_described(story) for story in found])

    async def _show_story(self, number: int) -> Message:
        try:
            story = await self._daemon.services.narrator.read_library(lambda kept: kept.get(number))
        except StorybotError as error:
            return messages.refusal(ErrorCode.NO_STORY, str(error))
        return messages.answer(**_described(story), opening=story.opening, text=story.text)

    async def _change_library(self, number: int, change: Callable[[Library], None]) -> Message:
        try:
            await self._daemon.services.narrator.read_library(change)
        except StorybotError as error:
            return messages.refusal(ErrorCode.NO_STORY, str(error))
        return messages.answer(changed=number)

    async def _change_settings(self, new: dict[str, bool | int | float | str]) -> Message:
        configuration = self._daemon.services.configuration
        try:
            wanted = changeable.changed(configuration.settings, new)
            await _try_voice(configuration.settings.speaking, wanted.speaking)
            # Others may have changed settings while the voice was tried.
            settings = changeable.changed(configuration.settings, new)
            reloaded = self._daemon.reloader.take(settings)
        except StorybotError as error:
            return messages.refusal(ErrorCode.BAD_SETTING, str(error))
        await self._daemon.happen(reloaded)
        return messages.answer(settings=changeable.values(settings))


def _meaning(request: Request) -> Message:
    things = [thing.word for thing in request.things]
    return messages.answer(kind=request.kind.value, things=things, said=spoken_back(request))


async def _try_voice(before: SpeakingSettings, after: SpeakingSettings) -> None:
    """StorybotError where another voice is wanted that cannot speak here."""
    if after.voice == before.voice:
        return
    from storybot.config.trial import fault_of_voice  # few ever change the voice so

    if wrong := await asyncio.to_thread(fault_of_voice, after):
        raise StorybotError(f"speaking.voice: {wrong}", Exit.CONFIG)


def _described(story: KeptStory) -> dict[str, Any]:
    return {
        "story": story.number,
        "title": story.title,
        "date": story.date,
        "seed": story.seed,
        "whole": story.whole,
        "favourite": story.favourite,
    }


def _why_no_story(robot: Robot) -> Message:
    """Why no story began, for whoever asked for it."""
    match obstacle(robot):
        case Obstacle.NOT_RUNNING:
            sentence = replies.not_running(robot.mode.value)
            return messages.refusal(ErrorCode.NOT_RUNNING, sentence)
        case Obstacle.BEING_TOLD:
            return messages.refusal(ErrorCode.BEING_TOLD, replies.BEING_TOLD)
        case Obstacle.PARTS_MISSING:
            parts = sorted(part.value for part in robot.missing & STORY_PARTS)
            return messages.refusal(ErrorCode.PARTS_MISSING, replies.parts_missing(parts))
        case None:
            return messages.refusal(ErrorCode.TIME_TO_SLEEP, replies.TIME_TO_SLEEP)
