"""The robot's state, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from storybot.config.schema import Settings
from storybot.language.requests import Request
from storybot.robot.commands import Light
from storybot.robot.events import Part
from storybot.stories.story_request import StoryRequest


class Mode(Enum):
    """The state of the robot; exactly one at a time."""

    STARTING = "starting"  # checks the model, tries its parts
    IDLE = "idle"  # listens for the keyphrase
    HEARING = "hearing"  # heard the keyphrase, waits for the request
    THINKING = "thinking"  # a story was begun, nothing of it is heard yet
    TELLING = "telling"  # the story is heard
    PAUSED = "paused"  # the loudspeaker went missing during a story
    ASLEEP = "asleep"  # lights off; in quiet hours it does not listen either
    DEGRADED = "degraded"  # idle with a part missing
    ENDING = "ending"  # devices are being released


BUSY = frozenset((Mode.THINKING, Mode.TELLING, Mode.PAUSED))
STORY_PARTS = frozenset((Part.ENGINE, Part.VOICE))  # without these no story can be told
RESTING = frozenset((Mode.IDLE, Mode.HEARING, Mode.DEGRADED, Mode.ASLEEP))


class Obstacle(Enum):
    """What keeps a story from beginning."""

    NOT_RUNNING = "not running"  # starting or ending
    BEING_TOLD = "being told"  # another story
    PARTS_MISSING = "parts missing"  # one of STORY_PARTS


@dataclass(frozen=True)
class Robot:
    """Everything the robot knows; a value, never changed in place."""

    settings: Settings
    volume: int  # per cent, as set by people
    small: bool  # the profile: recogniser process and engine never run together
    mode: Mode = Mode.STARTING
    missing: frozenset[Part] = frozenset()
    story: StoryRequest | None = None  # that is told now, or was told last
    number: int = 0  # stories begun since the start: each Tell has its own
    newest: int = 0  # the highest number that the library has given, or will
    seed: int = 0  # for the story that follows a bare keyphrase
    correctable: bool = False  # a story begins: "no, a boat" is listened for
    goes_on: bool = False  # a story has just ended: "go on" needs no keyphrase
    may_ask: bool = False  # it may still ask a question about this wish, before speech begins
    asked_again: bool = False  # it has asked once, since the keyphrase, to say the request again
    doubt: Request | None = None  # what it asked "Did you say ...?" about, or the first of two
    other: Request | None = None  # the second of what it asked "A boat or a book?" about
    quiet: bool = False  # quiet hours
    bedtime: bool = False  # good night was said
    stories_left: int | None = None  # until sleep; None: only the timer counts
    sleeps_after_story: bool = False  # it sleeps after the story that is being told
    one_more: int | None = None  # the seed of a last story that follows the one being told
    code: str = ""  # said at the next press of the button

    @property
    def barge_in(self) -> bool:
        """Whether it listens for "stop" while it tells."""
        wanted = self.settings.hearing.barge_in
        return wanted == "on" or (wanted == "auto" and not self.small)

    @property
    def asks(self) -> bool:
        """Whether it asks back in words."""
        return self.settings.hearing.questions == "on"

    @property
    def night(self) -> bool:
        """Whether it speaks softer and slower, with the lights off."""
        return self.quiet or self.bedtime


def initial_robot(settings: Settings, small: bool) -> Robot:
    """The robot as it is when the daemon starts."""
    volume = settings.speaking.bounded(settings.speaking.volume)
    return Robot(settings, volume, small)


def obstacle(robot: Robot) -> Obstacle | None:
    """What keeps a story from beginning now; None where nothing does."""
    if robot.mode in (Mode.STARTING, Mode.ENDING):
        return Obstacle.NOT_RUNNING
    if robot.mode in BUSY:
        return Obstacle.BEING_TOLD
    return Obstacle.PARTS_MISSING if robot.missing & STORY_PARTS else None


def light(robot: Robot) -> Light:
    """What the lights show; at night they are dark, whatever happens."""
    if robot.night or robot.mode in (Mode.ASLEEP, Mode.ENDING):
        return Light.OFF
    return {
        Mode.IDLE: Light.LISTENING,
        Mode.HEARING: Light.HEARING,
        Mode.THINKING: Light.THINKING,
        Mode.TELLING: Light.TELLING,
        Mode.STARTING: Light.THINKING,
    }.get(robot.mode, Light.TROUBLE)
