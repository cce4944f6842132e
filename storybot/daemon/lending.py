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
    """Words, stories and changed settings; the refusal where one of them could not be forgotten.

    Each on its own: what cannot be forgotten keeps nothing else.
    """
    wrong = await WordLists(daemon).clear()
    # The story that is stopped is kept before the next event is dealt with.
    await daemon.happen(Asked(Request(RequestKind.STOP), 0, Source.SOCKET))
    await daemon.happen(Forgotten())
    lendings = daemon.lendings
    try:
        lendings = await daemon.services.narrator.forget()
    except StorybotError as error:
        wrong.append(str(error))
    settings = daemon.services.configuration.settings  # with which the lists are read at least
    try:
        settings, _ = await daemon.reloader.read()
    except StorybotError as error:
        wrong.append(f"changed settings still hold: {error}")
    try:
        await daemon.happen(daemon.reloader.take(settings))
    except StorybotError as error:
        wrong.append(f"changed settings and words still hold: {error}")
    daemon.lendings = lendings  # not before: whoever sees it gives settings for all boxes again
    daemon.services.news.state(daemon.status())  # with `lendings`
    if not wrong:
        LOG.info("the box has forgotten its stories, words and changed settings")
        return None
    sentence = " And ".join(wrong)
    LOG.error("the box has not forgotten everything: %s", sentence)
    return messages.refusal(ErrorCode.NOT_FORGOTTEN, sentence)
