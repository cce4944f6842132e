"""What the robot wants done: the commands that `robot.step` returns and the daemon carries out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from storybot.language.listening import ListenFor
from storybot.language.replies import Reply
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
class Listen:
    """Listen for this, as soon as the robot itself is silent."""

    purpose: ListenFor


@dataclass(frozen=True)
class StopListening:
    """Stop listening; in the small profile the recogniser process is gone when this is done."""


@dataclass(frozen=True)
class Say:
    """Say a sentence of the robot's own."""

    reply: Reply


@dataclass(frozen=True)
class SayTitle:
    """Say what was understood: the title of the story that begins."""

    story: StoryRequest


@dataclass(frozen=True)
class Earcon:
    """Play a short signal."""

    name: str


@dataclass(frozen=True)
class Tell:
    """Write and tell this story; its events carry `number`."""

    story: StoryRequest
    number: int


@dataclass(frozen=True)
class StopStory:
    """Silence now, engine ended."""


@dataclass(frozen=True)
class PauseStory:
    """Keep the story at its sentence until ResumeStory."""


@dataclass(frozen=True)
class ResumeStory:
    """Go on with the held story."""


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
    """Lights."""

    light: Light


@dataclass(frozen=True)
class StartTimer:
    """Ring `timer` in so many seconds; one that runs already starts anew."""

    timer: Timer
    seconds: float


@dataclass(frozen=True)
class StopTimer:
    """Do not ring."""

    timer: Timer


@dataclass(frozen=True)
class Finish:
    """Release every device and end."""


Command = (
    Listen
    | StopListening
    | Say
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
