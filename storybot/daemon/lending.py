"""Forgets what those did who had the box before: a library lends it to the next family."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from storybot.controls.socket import messages
from storybot.controls.socket.error_codes import ErrorCode
from storybot.controls.socket.messages import Message
from storybot.daemon.reload import Reloader
from storybot.daemon.services import Services
from storybot.daemon.word_lists import WordLists
from storybot.errors import StorybotError
from storybot.language.requests import Request, RequestKind
from storybot.robot import Robot
from storybot.robot.events import Asked, Event, Forgotten, Source

LOG = logging.getLogger("storybot")


class LentDaemon(Protocol):
    """The daemon, as far as this module uses it."""

    services: Services
    reloader: Reloader
    lendings: int | None

    async def happen(self, event: Event) -> tuple[Robot, Robot]: ...

    def status(self) -> dict[str, Any]: ...


async def forget_everything(daemon: LentDaemon) -> Message | None:
    """Stories, words and changed settings; the refusal where one could not be forgotten."""
    try:
        settings, _ = await daemon.reloader.read()
        # The story that is stopped is kept before the next event is dealt with.
        await daemon.happen(Asked(Request(RequestKind.STOP), 0, Source.SOCKET))
        await daemon.happen(Forgotten())
        daemon.lendings = await daemon.services.narrator.forget()
        await daemon.happen(daemon.reloader.take(settings))
    except StorybotError as error:
        return messages.refusal(ErrorCode.BAD_SETTING, str(error))
    wrong = await WordLists(daemon).clear()
    if wrong is None:
        daemon.services.news.state(daemon.status())  # with `lendings`
        LOG.info("the box has forgotten its stories, words and changed settings")
    return wrong
