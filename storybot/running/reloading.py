"""New settings for a running daemon: every part takes its own, without a restart."""

from __future__ import annotations

import logging
from datetime import time

from storybot import bedtime, service
from storybot.library import Library
from storybot.running.rooms import Rooms
from storybot.safety import load_filter
from storybot.settings import Settings

LOG = logging.getLogger("storybot")


def take(rooms: Rooms, new: Settings) -> None:
    """Hand out new settings; StorybotError, and nothing changed, when they do not work."""
    allowed = load_filter(new.safety)
    bedtime.is_quiet(time(), new.bedtime)
    old, rooms.settings = rooms.settings, new
    rooms.story.allowed = rooms.ear.allowed = allowed
    if new.library != old.library:
        rooms.story.library = Library(new.library)
    rooms.night.settings = new.bedtime
    rooms.night.look()
    if new.controls != old.controls:
        rooms.button.settings = new.controls
        rooms.restart("button")
    if (new.controls.socket, new.controls.socket_group) != (
        old.controls.socket,
        old.controls.socket_group,
    ):
        LOG.warning("the control socket stays where it is until storybot is restarted")
    if new.hearing != old.hearing:
        rooms.restart("ear")
    if new.speaking != old.speaking:
        rooms.voice.replace(lambda: rooms.makers.speaker(new, "small" if rooms.small else "full"))
    if new.service.debug != old.service.debug:
        service.set_debug(new.service.debug)
    if new.service.profile != old.service.profile:
        LOG.warning("the profile stays as it is until storybot is restarted")
