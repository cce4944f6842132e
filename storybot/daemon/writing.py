"""Writes a story for a client of the control socket, as text, while the box itself is silent."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from storybot.controls.socket import messages
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import Message, Streamed
from storybot.daemon.narrator_service import ENGINE_NICENESS, ENGINE_RUNS_PER_STORY
from storybot.daemon.services import Services
from storybot.errors import StorybotError
from storybot.language import replies
from storybot.language.requests import Request
from storybot.robot import Robot
from storybot.robot.events import Part
from storybot.robot.state import BUSY
from storybot.stories.story_request import StoryRequest, new_story_request
from storybot.system.processes import CannotBeKilled
from storybot.telling.story_pipeline import StoryPipeline


class WritingDaemon(Protocol):
    """The daemon, as far as this module uses it."""

    robot: Robot
    services: Services


class Writing:
    """One story at a time; one that the box is asked for comes first, and ends it."""

    def __init__(self, daemon: WritingDaemon) -> None:
        self._daemon = daemon
        self._writing = False

    def begin(self, request: Request, seed: int) -> Message | Streamed:
        """The story's title and seed, then its sentences as news; or why there is none."""
        daemon = self._daemon
        if daemon.services.configuration.small:  # the recogniser's memory is needed for the engine
            return messages.refusal(ErrorCode.SMALL_PROFILE, replies.NO_MEMORY_TO_WRITE)
        if daemon.robot.mode in BUSY:
            return messages.refusal(ErrorCode.BEING_TOLD, replies.BEING_TOLD)
        if Part.ENGINE in daemon.robot.missing:  # it may not even be gone: see CannotBeKilled
            sentence = replies.parts_missing([Part.ENGINE.value])
            return messages.refusal(ErrorCode.PARTS_MISSING, sentence)
        if self._writing:
            return messages.refusal(ErrorCode.BUSY, replies.BEING_WRITTEN)
        telling = daemon.services.configuration.settings.telling
        story = new_story_request(request.things, seed, telling, daemon.robot.night, request.style)
        return Streamed(messages.answer(said=story.title, seed=seed), self._sentences(story))

    async def _sentences(self, story: StoryRequest) -> AsyncGenerator[Message, None]:
        """Begun at once by whoever sent the answer, or not at all."""
        narrator, allowed = self._daemon.services.narrator, self._daemon.services.configuration
        pipeline = StoryPipeline(
            narrator.make, allowed.allowed, ENGINE_RUNS_PER_STORY, ENGINE_NICENESS
        )
        if self._writing:  # two were begun before either of them came here
            yield _end(replies.BEING_WRITTEN)
            return
        self._writing = True
        try:
            async with aclosing(pipeline.sentences(story)) as sentences:
                async for sentence in sentences:
                    if self._daemon.robot.mode in BUSY:
                        yield _end(replies.CHILD_FIRST)
                        return
                    yield messages.news("written", text=sentence.text)
            yield _end()
        except (StorybotError, OSError) as error:
            if isinstance(error, CannotBeKilled):
                narrator.engine_lost(error)
            yield _end(str(error))
        finally:
            self._writing = False


def _end(error: str = "") -> Message:
    """The last news; `error` says why the story has no end."""
    why = {"error": error} if error else {}
    return messages.news("written-end", whole=not error, **why)
