"""The sentences the box speaks of its own accord, and those it answers a control request with."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from storybot.language.things import Thing


class Reply(Enum):
    """What the robot says aloud."""

    NOT_READY = "I cannot tell a story just now. Please ask a grown-up to look after me."
    REFUSED = "Let us think of something nicer. Ask me for another story."
    STORY_LOST = "Oh, I have lost the end of my story. Please ask me again."
    GOOD_NIGHT = "Good night. Sleep well."
    WHAT_ABOUT = "What shall it be about?"
    NOT_CAUGHT = "I did not catch that. You can say: a story about a cat."


# What a client of the control socket reads where no story begins.
NOT_UNDERSTOOD = 'storybot did not understand that; ask for "a story about a cat", for example.'
TIME_TO_SLEEP = "It is time to sleep now."
BEING_WRITTEN = "A story is being written for somebody; ask again in a moment."
CHILD_FIRST = "The box was asked for a story of its own; ask again when that was told."
NO_MEMORY_TO_WRITE = "This box has no memory to write stories for others (service.profile: small)."
NO_BUTTON = "The box has no button; `sudo storybot page --code` prints a code."
CODE_WAITS = "Another code waits for the button; ask again in a minute."
BEING_TOLD = "A story is being told; `storybot stop` ends it."


def did_you_say(things: Sequence[Thing]) -> str:
    """The question about what was heard without being sure."""
    return f"Did you say {' and '.join(thing.name or thing.phrase for thing in things)}?"


def one_or_the_other(one: Thing, other: Thing) -> str:
    """The question which of two was said that sound alike: "A boat or a book?"."""
    question = f"{one.name or one.phrase} or {other.name or other.phrase}?"
    return question[0].upper() + question[1:]


def pairing_code(code: str) -> str:
    """Digit by digit, twice: somebody writes along."""
    half = len(code) // 2
    digits = f"{', '.join(code[:half])}. {', '.join(code[half:])}."
    return f"The code is: {digits} Once more: {digits}"


def not_running(state: str) -> str:
    """`state` is "starting" or "ending"."""
    return f"storybot is {state}; ask again in a moment."


def parts_missing(parts: list[str]) -> str:
    """`parts` are the names of what cannot be used, such as "engine"."""
    return f"The {' and the '.join(parts)} cannot be used; `storybot doctor` says what to do."
