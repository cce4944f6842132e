"""The commands that `robot.step` returns and the daemon carries out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from storybot.language.listening import ListenFor
from storybot.language.replies import Reply
from storybot.language.requests import Request
from storybot.robot.events import Timer
from storybot.stories.story_request import StoryRequest


class Light(Enum):
    """What the lights show."""

    LISTENING = "listening"
    HEARING = "hearing"
    THINKING = "thinking"
    TELLING = "telling"
    TROUBLE = "trouble"
    OFF = "off"


@dataclass(frozen=True)
class PlainCommand:
    """A command that says nothing but its name."""


@dataclass(frozen=True)
class Listen:
    """Listen for this, as soon as the robot itself is silent."""

    purpose: ListenFor


class StopListening(PlainCommand):
    """Stop listening; in the small profile the recogniser process has ended when this is done."""


@dataclass(frozen=True)
class Say:
    """Say a sentence of the robot's own."""

    reply: Reply


@dataclass(frozen=True)
class AskWhether:
    """Ask whether this was said (see replies.did_you_say)."""

    request: Request


@dataclass(frozen=True)
class SayCode:
    """Say these digits, which no one but those in the room may learn."""

    code: str


@dataclass(frozen=True)
class SayTitle:
    """Say what was understood: the title of the story that begins."""

    story: StoryRequest


@dataclass(frozen=True)
class Earcon:
    """Play a short signal (see storybot.speaking.earcons)."""

    name: str


@dataclass(frozen=True)
class Tell:
    """Tell this story; events about it carry `number`."""

    story: StoryRequest
    number: int


class StopStory(PlainCommand):
    """Be silent now and end the engine."""


class PauseStory(PlainCommand):
    """Pause the story until ResumeStory."""


class ResumeStory(PlainCommand):
    """Continue the paused story."""


@dataclass(frozen=True)
class SetVolume:
    """Volume from now on, per cent."""

    percent: int


@dataclass(frozen=True)
class SetPace:
    """Speed of speech, per cent of the set one."""

    percent: int


@dataclass(frozen=True)
class Fade:
    """Let the volume fall to `percent` within `seconds`."""

    percent: int
    seconds: float


@dataclass(frozen=True)
class Show:
    """Show this with the lights."""

    light: Light


@dataclass(frozen=True)
class StartTimer:
    """Emit TimerExpired in so many seconds; a timer that runs already starts again."""

    timer: Timer
    seconds: float


@dataclass(frozen=True)
class StopTimer:
    """Cancel the timer."""

    timer: Timer


class Finish(PlainCommand):
    """Release every device and end."""


Command = (
    Listen
    | StopListening
    | Say
    | AskWhether
    | SayCode
    | SayTitle
    | Earcon
    | Tell
    | StopStory
    | PauseStory
    | ResumeStory
    | SetVolume
    | SetPace
    | Fade
    | Show
    | StartTimer
    | StopTimer
    | Finish
)
