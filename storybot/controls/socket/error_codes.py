"""Why requests of the control socket are refused, see docs/protocol.md."""

from __future__ import annotations

from enum import Enum


class ErrorCode(Enum):
    """Why a request was refused, for programs; the sentence beside it is for people."""

    BAD_REQUEST = "bad-request"
    UNKNOWN_VERSION = "unknown-version"
    TOO_MANY_CLIENTS = "too-many-clients"
    NOT_UNDERSTOOD = "not-understood"  # the words ask for nothing that storybot does
    NOT_ALLOWED = "not-allowed"  # the safety filter refuses the words
    NOT_RUNNING = "not-running"  # it is starting or ending
    BEING_TOLD = "being-told"  # another story
    PARTS_MISSING = "parts-missing"  # voice or engine
    TIME_TO_SLEEP = "time-to-sleep"
    NO_STORY = "no-story"  # none has that id, or it cannot be read
    BAD_SETTING = "bad-setting"  # unknown, fixed while storybot runs, or a wrong value
    BAD_WORD = "bad-word"  # none that can be kept, or none that is kept; or its file cannot be used
    NOT_FORGOTTEN = "not-forgotten"  # the sentence says what the box still knows
    BUSY = "busy"  # a story is being written for somebody, or a code waits for the button
    SMALL_PROFILE = "small-profile"  # there is no memory for it in the small profile
