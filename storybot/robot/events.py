"""The events that `robot.step` takes."""

from __future__ import annotations

from enum import Enum

from storybot.config.schema import Settings
from storybot.language.requests import Request
from storybot.record import Record
from storybot.stories.story_request import StoryRequest


class Part(Enum):
    """A part of the box that can be missing while the rest works."""

    HEARING = "hearing"
    VOICE = "voice"
    ENGINE = "engine"
    BUTTON = "button"


class Source(Enum):
    """Where a request comes from."""

    VOICE = "voice"
    BUTTON = "button"
    SOCKET = "socket"


class Timer(Enum):
    """The timers that the robot sets."""

    ANSWER = "answer"  # for the request after the keyphrase
    SLEEP = "sleep"  # good night
    HOLD = "hold"  # while a story waits for its loudspeaker
    GO_ON = "go-on"  # for which "go on" is taken for the story's, without the keyphrase


class PlainEvent(Record):
    """An event that says nothing but its name."""


class Started(Record):
    """The model was checked and every part was tried; `last` is the library's newest story."""

    last: StoryRequest | None = None
    newest: int = 0  # the highest number in the library


class PartLost(Record):
    """A part failed several times; `sentence` says what to do about it."""

    part: Part
    sentence: str = ""


class PartBack(Record):
    """A part works (again)."""

    part: Part


class KeyphraseHeard(Record):
    """Somebody said the keyphrase and nothing else; `seed` is for when nothing more is said."""

    seed: int


class Asked(Record):
    """An understood request; `seed` is fresh, for a story that begins because of it."""

    request: Request
    seed: int
    source: Source = Source.VOICE


class ReplayAsked(Record):
    """A story of the library shall be told again."""

    story: StoryRequest


class DoubtfulHeard(Record):
    """Something was heard that may be this request for a story, with things."""

    request: Request
    seed: int


class AlikeHeard(Record):
    """A request for a story was heard, or another one that differs in a thing."""

    request: Request
    other: Request
    seed: int


class Chosen(Record):
    """The first or the second of the two that were asked about, by its number."""

    second: bool


class SpeechBegan(PlainEvent):
    """While the request is awaited, somebody begins to speak."""


class NotUnderstood(PlainEvent):
    """Something was said that is no request."""


class RequestRefused(PlainEvent):
    """Something was asked for that the safety filter refuses."""


class Pressed(Record):
    """A gesture on the button, as the action the settings give it."""

    action: str  # story, again, stop, good-night, nothing
    seed: int


class VolumeAsked(Record):
    """Set the volume, per cent."""

    percent: int


class SleepAsked(Record):
    """A sleep timer of its own; both None cancels or, outside quiet hours, wakes; 0 minutes is now.

    There is no sleep after 0 stories: in the settings that 0 says that only the minutes count.
    """

    minutes: float | None = None
    stories: int | None = None


class OneMoreAsked(Record):
    """One more story at bedtime: now, or after the one that is told; `seed` is for it."""

    seed: int


class CodeAsked(Record):
    """Whoever presses the button next shall hear this code; "": nobody any more."""

    code: str


class Forgotten(PlainEvent):
    """The box goes to somebody else: what the last ones did is to leave no trace."""


class StoryBegan(Record):
    """The first sentence of story `number` sounds."""

    number: int


class StoryGoesOn(Record):
    """The second sentence of story `number` sounds."""

    number: int


class StoryTold(Record):
    """Story `number` was told to its end."""

    number: int


class StoryFailed(Record):
    """Story `number` cannot go on."""

    number: int
    sentence: str = ""


class TimerExpired(Record):
    """A timer that the robot set has expired."""

    timer: Timer


class QuietBegan(PlainEvent):
    """The quiet hours began."""


class QuietEnded(PlainEvent):
    """The quiet hours ended."""


class Reloaded(Record):
    """New settings hold from now on."""

    settings: Settings
    newest: int = 0  # the highest number in the library, where that may be another one now


class EndAsked(PlainEvent):
    """The daemon shall end (SIGTERM)."""


Event = (
    Started
    | PartLost
    | PartBack
    | KeyphraseHeard
    | Asked
    | ReplayAsked
    | DoubtfulHeard
    | AlikeHeard
    | Chosen
    | SpeechBegan
    | NotUnderstood
    | RequestRefused
    | Pressed
    | VolumeAsked
    | SleepAsked
    | OneMoreAsked
    | CodeAsked
    | Forgotten
    | StoryBegan
    | StoryGoesOn
    | StoryTold
    | StoryFailed
    | TimerExpired
    | QuietBegan
    | QuietEnded
    | Reloaded
    | EndAsked
)
