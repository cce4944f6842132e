"""The commands that `robot.step` returns and the daemon carries out."""

from __future__ import annotations

from enum import Enum

from storybot.language.listening import ListenFor
from storybot.language.replies import Reply
from storybot.language.requests import Request
from storybot.language.things import Thing
from storybot.record import Record
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


class PlainCommand(Record):
    """A command that says nothing but its name."""


class Listen(Record):
    """Listen for this, as soon as the robot itself is silent."""

    purpose: ListenFor


class StopListening(PlainCommand):
    """Stop listening; in the small profile the recogniser process has ended when this is done."""


class Say(Record):
    """Say a sentence of the robot's own."""

    reply: Reply


class AskWhether(Record):
    """Ask whether this was said (see replies.did_you_say)."""

    request: Request


class AskWhich(Record):
    """Ask which of two was said (see replies.one_or_the_other)."""

    one: Thing
    other: Thing


class SayCode(Record):
    """Say these digits, which no one but those in the room may learn."""

    code: str


class SayTitle(Record):
    """Say what was understood: the title of the story that begins."""

    story: StoryRequest


class Earcon(Record):
    """Play a short signal (see storybot.speaking.earcons)."""

    name: str


class Tell(Record):
    """Tell this story; events about it carry `number`."""

    story: StoryRequest
    number: int


class StopStory(PlainCommand):
    """Be silent now and end the engine."""


class PauseStory(PlainCommand):
    """Pause the story until ResumeStory."""


class ResumeStory(PlainCommand):
    """Continue the paused story."""


class SetVolume(Record):
    """Volume from now on, per cent."""

    percent: int


class SetPace(Record):
    """Speed of speech, per cent of the set one."""

    percent: int


class Fade(Record):
    """Let the volume fall to `percent` within `seconds`."""

    percent: int
    seconds: float


class Show(Record):
    """Show this with the lights."""

    light: Light


class StartTimer(Record):
    """Emit TimerExpired in so many seconds; a timer that runs already starts again."""

    timer: Timer
    seconds: float


class StopTimer(Record):
    """Cancel the timer."""

    timer: Timer


class Finish(PlainCommand):
    """Release every device and end."""


Command = (
    Listen
    | StopListening
    | Say
    | AskWhether
    | AskWhich
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
