"""Commands of the broker as requests to the daemon.

The daemon decides what they do: its safety filter, volume cap and quiet hours hold for them, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from storybot.controls.socket import messages
from storybot.controls.socket.messages import BadMessage
from storybot.controls.socket.requests import (
    Again,
    Ask,
    ChangeSettings,
    ControlRequest,
    ForgetEverything,
    Sleep,
    Stop,
    Volume,
)

ANY_STORY, GOOD_NIGHT = "tell me a story", "good night"
SETTINGS = "settings"  # the one command that may be retained, see bridge.py
ON, OFF = "ON", "OFF"
RESET = "reset"  # the command, and what must be given with it: an empty message does nothing


def request_for(name: str, payload: bytes) -> ControlRequest:
    """The request that a command asks for; BadMessage with a sentence where it is none."""
    if name not in COMMANDS:
        raise BadMessage(f"there is no command {name[:40]!r}; these are: {', '.join(COMMANDS)}")
    if len(payload) > messages.LINE_MAX_BYTES:
        raise BadMessage(f"that is too long; give at most {messages.LINE_MAX_BYTES} bytes")
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        raise BadMessage("that is no text in UTF-8") from None
    request = COMMANDS[name](text)
    messages.read_request(messages.request_line(request))  # the daemon's own bounds
    return request


def _volume(text: str) -> ControlRequest:
    try:
        return Volume(percent=round(float(text)))
    except (ValueError, OverflowError):
        raise BadMessage("give a volume in per cent, such as 60") from None


def _asleep(text: str) -> ControlRequest:
    if text not in (ON, OFF):
        raise BadMessage(f"give {ON} or {OFF}")
    return Sleep(minutes=0) if text == ON else Sleep()


def _settings(text: str) -> ControlRequest:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadMessage('give settings as JSON, such as {"telling.length": "long"}')
    return ChangeSettings(found)


def _reset(text: str) -> ControlRequest:
    if text != RESET:
        raise BadMessage(f"give {RESET}; the box then forgets its stories, words and settings")
    return ForgetEverything()


# What each reads of its payload; a button's payload says nothing.
COMMANDS: dict[str, Callable[[str], ControlRequest]] = {
    "tell": lambda _: Ask(ANY_STORY),
    "again": lambda _: Again(),
    "stop": lambda _: Stop(),
    "good_night": lambda _: Ask(GOOD_NIGHT),
    "ask": Ask,
    "volume": _volume,
    "voice": lambda text: ChangeSettings({"speaking.voice": text}),
    "length": lambda text: ChangeSettings({"telling.length": text}),
    "asleep": _asleep,
    SETTINGS: _settings,
    RESET: _reset,
}
