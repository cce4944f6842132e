"""Understands recognised or typed words as a Request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from storybot.language.things import Thing, find_thing


class RequestKind(Enum):
    STORY = "story"
    ANOTHER = "another"
    AGAIN = "again"
    STOP = "stop"
    LOUDER = "louder"
    SOFTER = "softer"
    GOOD_NIGHT = "good-night"


@dataclass(frozen=True)
class Request:
    """`things` and `unknown` belong to a STORY; no thing means a story about anything."""

    kind: RequestKind
    things: tuple[Thing, ...] = ()  # at most MAX_THINGS
    unknown: tuple[str, ...] = ()  # what else it was to be about, in the asker's words


MAX_THINGS = 2
# What a thing may be called; the story does not take it up.
ADJECTIVES = ("little", "big", "small", "tiny", "brave", "funny", "friendly", "happy", "silly")
SMALL_WORDS = re.compile(
    r"an?|the|some|my|our|one|two|three|many|of|about|and|with|please|now|thanks|thank|you"
    rf"|named|called|{'|'.join(ADJECTIVES)}"
)
UNFINISHED = re.compile(r".*\b(?:an?|the|some|about|and|with|me|us|tell|read|of)")
# "about a cat and a": what was to follow was not said, or it was the s of "cats".
UNFINISHED_SECOND_THING = re.compile(r"(?<=\w) (?:and|with)(?: (?:a|an|the|some))?$")
POLITE = re.compile(
    r"^(?:(?:please|hey|hi|hello|okay|ok|oh|now|well|storybot|robot|story bot"
    r"|can you|could you|will you|would you) )+|(?: (?:please|now|storybot|thank you))+$"
)
# The whole utterance, without its politeness, is the command.
COMMANDS: tuple[tuple[RequestKind, str], ...] = (
    (
        RequestKind.STOP,
        r"(?:stop|stop stop|enough|be quiet|quiet|shush|silence)"
        r"(?: (?:it|that|talking|telling|the story|this story))?|that'?s enough"
        r"|stop the",  # as the silence after a "stop", or the end of a longer one, was heard
    ),
    (
        RequestKind.LOUDER,
        r"(?:(?:a bit |a little |much )?louder|(?:speak |talk |tell it )louder|speak up"
        r"|turn (?:it )?up|turn up the volume|volume up)",
    ),
    (
        RequestKind.SOFTER,
        r"(?:(?:a bit |a little |much )?(?:softer|quieter)"
        r"|(?:speak |talk )(?:softer|quieter|softly)|not so loud|too loud"
        r"|turn (?:it )?down|turn down the volume|volume down)",
    ),
    (
        RequestKind.GOOD_NIGHT,
        r"(?:good ?night|night night|nighty night|sleep well|go to sleep|sweet dreams)"
        r"(?: (?:storybot|robot|story|everyone))?",
    ),
    (
        RequestKind.AGAIN,
        r"(?:tell (?:me |us )?|read (?:me |us )?)?(?:(?:it |that |that one |that story |the story"
        r" |this story |the same |the same one |the same story )?(?:again|once more|one more time)"
        r"|(?:the )?same (?:one|story)|repeat(?: it| that)?)",
    ),
    (
        RequestKind.ANOTHER,
        r"(?:i want |i would like |i'd like |tell (?:me |us )?|read (?:me |us )?)?"
        r"(?:(?:another|one more|a new|a different|a second|the next|next)(?: one| story| tale)?"
        r"|more|more stories|a different one)",
    ),
)
COMMAND_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in COMMANDS)
# Asks for a story: everything after the match says what about.
ASKS_FOR_STORY = re.compile(
    r"(?:^|.*?\b)(?:"
    r"(?:tell|read|give|make)(?: me| us)? (?:\w+ ){0,4}?(?:story|stories|tale)s?"
    r"|(?:want|like|need|hear|have)(?: to (?:hear|have|listen to))? (?:\w+ ){0,3}?"
    r"(?:story|stories|tale)"
    r"|tell (?:me|us)(?= (?:something )?about\b)"
    r"|^(?:(?:a|an|the|another|one more)? ?(?:\w+ )?(?:story|stories|tale))"
    r"(?= (?:about|of|with)\b|$)"
    r")\b"
)


def understand(text: str) -> Request | None:
    """The request in these words, or None where there is none or it breaks off."""
    words = re.findall(r"[a-z']+(?:-[a-z']+)*", text.lower())
    while words and (plain := POLITE.sub("", " ".join(words)).split()) != words:
        words = plain
    if not words:
        return None
    utterance = " ".join(words)
    for kind, pattern in COMMAND_PATTERNS:
        if pattern.fullmatch(utterance):
            return Request(kind)
    utterance = UNFINISHED_SECOND_THING.sub("", utterance)
    if UNFINISHED.fullmatch(utterance):
        return None
    if asked := ASKS_FOR_STORY.match(utterance):
        things, unknown = _topics(utterance[asked.end() :].split())
        return Request(RequestKind.STORY, things, unknown)
    things, unknown = _topics(utterance.split())
    if things and not unknown:
        return Request(RequestKind.STORY, things)
    return None


def breaks_off(text: str, keyphrase: str) -> bool:
    """Whether more is to follow these recognised words: "tell me", "about a", "a cat and"."""
    said = POLITE.sub("", f"{text} ").strip()
    if said == keyphrase:
        return False
    begun = f"{keyphrase} ".startswith(f"{said} ")
    return begun or UNFINISHED.fullmatch(text) is not None or text.endswith(ADJECTIVES)


def spoken_back(request: Request) -> str:
    """The sentence that says what was understood."""
    if request.kind is RequestKind.STORY:
        if not request.things:
            return "A story."
        return f"A story about {' and '.join(thing.phrase for thing in request.things)}."
    return COMMAND_ECHOES[request.kind]


COMMAND_ECHOES = {
    RequestKind.ANOTHER: "Another story.",
    RequestKind.AGAIN: "The same story again.",
    RequestKind.STOP: "Stop.",
    RequestKind.LOUDER: "Louder.",
    RequestKind.SOFTER: "Softer.",
    RequestKind.GOOD_NIGHT: "Good night.",
}


def _topics(words: Sequence[str]) -> tuple[tuple[Thing, ...], tuple[str, ...]]:
    """The things spoken of, each once, and the words that are no thing."""
    things: list[Thing] = []
    unknown: list[str] = []
    for word in words:
        if SMALL_WORDS.fullmatch(word):
            continue
        thing = find_thing(word) or find_thing(word.removesuffix("'s"))
        if thing is None:
            unknown.append(word)
        elif thing not in things:
            things.append(thing)
    return tuple(things[:MAX_THINGS]), tuple(unknown)
