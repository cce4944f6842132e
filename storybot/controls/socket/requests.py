"""The requests of the control socket, see docs/protocol.md; messages.py has their lines."""

from __future__ import annotations

from storybot.record import Record

STORIES_DEFAULT = 50  # stories in one answer


class PlainRequest(Record):
    """A request that says nothing but its name."""


class Ask(Record):
    """A request in words: "a story about a cat", "another one", "louder"."""

    text: str


class Understand(Record):
    """What a request in words would ask for; nothing is done about it."""

    text: str


class Write(Record):
    """A story for the client alone, as text; the box is silent. The same seed, the same story."""

    text: str
    seed: int | None = None


class Stop(PlainRequest):
    """End the story."""


class Again(PlainRequest):
    """The same story again."""


class TellSaved(Record):
    """A story of the library again, by its id."""

    story: int


class Volume(Record):
    """Per cent; `by` instead changes it."""

    percent: int | None = None
    by: int | None = None


class Sleep(Record):
    """Sleep in so many minutes, or after so many stories; neither of them: stay awake, or wake."""

    minutes: float | None = None
    stories: int | None = None


class Status(PlainRequest):
    """The robot's state."""


class Watch(PlainRequest):
    """News from now on."""


class ListLibrary(Record):
    """The stories kept, newest first: at most `limit`, of those older than story `before`."""

    limit: int = STORIES_DEFAULT
    before: int | None = None


class ShowStory(Record):
    """One story of the library with its text."""

    story: int


class RemoveStory(Record):
    """Forget a story of the library."""

    story: int


class MarkFavourite(Record):
    """A favourite stays in the library, however many stories come after it."""

    story: int
    favourite: bool


class ShowSettings(PlainRequest):
    """The settings that may be changed while storybot runs."""


class ChangeSettings(Record):
    """New values for some of them, by name; all hold, or none."""

    settings: dict[str, bool | int | float | str]


class ShowWords(PlainRequest):
    """The family's words."""


class AddWord(Record):
    """A word of the family, in place of one that is written the same."""

    word: str
    what: str = ""  # "cat", "girl", "place"; "": not said
    sounds: str = ""  # "M IY M IY"; "": as it is read


class RemoveWord(Record):
    """Forget a word of the family."""

    word: str


class ShowForbidden(PlainRequest):
    """The words that the family forbids."""


class ForbidWord(Record):
    """Neither ask for this word, or this phrase, nor say it."""

    word: str


class AllowWord(Record):
    """Take a word that was forbidden so from the list."""

    word: str


class OneMore(PlainRequest):
    """A last story before sleep: now, or after the one that is told."""


class FollowLevel(PlainRequest):
    """How loud it is at the microphone, again and again until the client goes."""


class SayCode(Record):
    """Have the box say these digits when its button is pressed."""

    code: str


class ForgetEverything(PlainRequest):
    """Stories, words and changed settings: the box goes to somebody else."""


ControlRequest = (
    Ask
    | Understand
    | Write
    | Stop
    | Again
    | TellSaved
    | Volume
    | Sleep
    | Status
    | Watch
    | ListLibrary
    | ShowStory
    | RemoveStory
    | MarkFavourite
    | ShowSettings
    | ChangeSettings
    | ShowWords
    | AddWord
    | RemoveWord
    | ShowForbidden
    | ForbidWord
    | AllowWord
    | OneMore
    | FollowLevel
    | SayCode
    | ForgetEverything
)

REQUEST_TYPES: dict[str, type[ControlRequest]] = {
    "ask": Ask,
    "understand": Understand,
    "write": Write,
    "stop": Stop,
    "again": Again,
    "tell-saved": TellSaved,
    "volume": Volume,
    "sleep": Sleep,
    "status": Status,
    "watch": Watch,
    "library-list": ListLibrary,
    "library-show": ShowStory,
    "library-remove": RemoveStory,
    "library-favourite": MarkFavourite,
    "settings": ShowSettings,
    "set": ChangeSettings,
    "words": ShowWords,
    "words-add": AddWord,
    "words-remove": RemoveWord,
    "forbidden": ShowForbidden,
    "forbidden-add": ForbidWord,
    "forbidden-remove": AllowWord,
    "one-more": OneMore,
    "level": FollowLevel,
    "say-code": SayCode,
    "forget-everything": ForgetEverything,
}
