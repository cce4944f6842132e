"""Understands recognised or typed words as a Request."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from storybot.language.request_patterns import (
    ASKED_AGAIN,
    ASKS_FOR_STORY,
    CORRECTION,
    DECLINED,
    LENGTHS,
    MOODS,
    POLITE,
    PUT_OFF,
    STORY_AGAIN,
    UNFINISHED,
    UNFINISHED_SECOND_THING,
)
from storybot.language.things import Thing, family_children
from storybot.language.wishes import ADJECTIVES, MAX_THINGS, wishes_in
from storybot.record import Record


class RequestKind(Enum):
    STORY = "story"
    ANOTHER = "another"
    AGAIN = "again"  # the last story, or the last one about `things`
    GO_ON = "go-on"  # the next chapter of the last story
    STOP = "stop"
    LOUDER = "louder"
    SOFTER = "softer"
    GOOD_NIGHT = "good-night"
    YES = "yes"  # an answer to a question of the box
    NO = "no"  # the same, or with `things` a correction: "no, a boat"


# Those that ask for a story.
STORY_KINDS = frozenset(
    (RequestKind.STORY, RequestKind.ANOTHER, RequestKind.AGAIN, RequestKind.GO_ON)
)


class Style(Record):
    """How a story is to be told; what is not asked for is as the settings say."""

    length: str = ""  # "short", "long"; "": not asked for
    mood: str = ""  # "funny", "calm" (for bedtime); "": not asked for


AS_USUAL = Style()


@dataclass(frozen=True)
class Request:
    """`things` and what follows belong to a STORY; no thing means a story about anything."""

    kind: RequestKind
    things: tuple[Thing, ...] = ()  # at most MAX_THINGS; also of AGAIN and NO
    unknown: tuple[str, ...] = ()  # what else it was to be about, in the asker's words
    style: Style = AS_USUAL


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
        RequestKind.GO_ON,
        r"(?:go on|tell (?:me |us )?more)(?: with (?:it|the story|that story))?"
        r"|(?:what happens|what happened|and) (?:next|then)|the next chapter|keep going"
        r"|continue(?: it| the story)?",
    ),
    (RequestKind.YES, r"(?:yes|yeah|yep|yup|right|that'?s right|exactly|sure)(?: (?:yes|i did))?"),
    (  # an article at its end is silence, or what followed was not said
        RequestKind.NO,
        r"(?:no|nope|not that|wrong)(?: (?:no|not that|i did not|i didn't))?(?: (?:a|an|the))?",
    ),
    (
        RequestKind.ANOTHER,
        r"(?:i want |i would like |i'd like |tell (?:me |us )?|read (?:me |us )?)?"
        r"(?:(?:another|one more|a new|a different|a second|the next|next)(?: one| story| tale)?"
        r"|more|more stories|a different one)",
    ),
)


def understand(text: str) -> Request | None:
    """The request in these words, or None where there is none or it breaks off."""
    words = re.findall(r"[a-z']+(?:-[a-z']+)*", text.lower())
    while words and (plain := re.sub(POLITE, "", " ".join(words)).split()) != words:
        words = plain
    if not words:
        return None
    utterance = " ".join(words)
    for kind, pattern in COMMANDS:
        if re.fullmatch(pattern, utterance):
            return Request(kind)
    utterance = re.sub(UNFINISHED_SECOND_THING, "", utterance)
    if re.fullmatch(UNFINISHED, utterance) or puts_off(utterance):
        return None
    if again := _told_before(utterance):
        return again
    if (corrected := re.fullmatch(CORRECTION, utterance)) and (right := understand(corrected[1])):
        return replace(right, kind=RequestKind.NO) if right.kind is RequestKind.STORY else None
    if asked := re.match(ASKS_FOR_STORY, utterance):
        wishes = wishes_in(utterance[asked.end() :].split(), family_children())
        things = wishes.things[:MAX_THINGS] or things_before(asked[0])
        return Request(RequestKind.STORY, things, wishes.unknown, style_in(asked[0]))
    wishes = wishes_in(utterance.split(), family_children())
    if wishes.things and not wishes.unknown:
        return Request(RequestKind.STORY, wishes.things[:MAX_THINGS])
    return None


def things_before(asked: str) -> tuple[Thing, ...]:
    """What stands before the word for a story: "tell me a dragon story"."""
    begun = re.sub(r"\b(?:story|stories|tale)s?$", "", asked)
    return wishes_in([word for word in begun.split() if word not in ("me", "us")]).things[
        :MAX_THINGS
    ]


def puts_off(text: str) -> bool:
    """Whether the words ask for a story at another time, or say that none is wanted."""
    said = re.sub(POLITE, "", text.lower())
    return re.fullmatch(PUT_OFF, said) is not None or re.fullmatch(DECLINED, said) is not None


def style_in(asked: str) -> Style:
    """How the story is to be told that these words ask for: "tell me a long funny story"."""
    words = asked.split()
    lengths = [LENGTHS[word] for word in words if word in LENGTHS]
    moods = [MOODS[word] for word in words if word in MOODS]
    mood = "calm" if "calm" in moods else (moods or [""])[0]
    return Style((lengths or [""])[0], mood)


def _told_before(utterance: str) -> Request | None:
    """The request for a story that was told before, by what it is about."""
    found = re.fullmatch(STORY_AGAIN, utterance) or re.fullmatch(ASKED_AGAIN, utterance)
    if found is None:
        return None
    named = found.groupdict()
    topic = named.get("before") or re.sub(r".* (?:about|of|with) ", "", f" about {named['after']}")
    wishes = wishes_in(topic.split(), family_children())
    return Request(RequestKind.AGAIN, wishes.things[:MAX_THINGS]) if wishes.things else None


def is_wish(text: str) -> bool:
    """Whether the words ask for a story about something."""
    request = understand(text)
    return request is not None and request.kind is RequestKind.STORY and bool(request.things)


def breaks_off(text: str, keyphrase: str) -> bool:
    """Whether more is to follow these recognised words: "tell me", "about a", "a cat and"."""
    said = re.sub(POLITE, "", f"{text} ").strip()
    if said == keyphrase:
        return False
    begun = f"{keyphrase} ".startswith(f"{said} ")
    return begun or re.fullmatch(UNFINISHED, text) is not None or text.endswith(ADJECTIVES)


def spoken_back(request: Request) -> str:
    """The sentence that says what was understood."""
    about = " and ".join(thing.phrase for thing in request.things)
    if request.kind is RequestKind.STORY:
        style = request.style
        story = " ".join(["A", *filter(None, (style.length, SAID_MOODS[style.mood])), "story"])
        return f"{story} about {about}." if about else f"{story}."
    if request.kind is RequestKind.NO and about:
        return f"No, {about}."
    if request.kind is RequestKind.AGAIN and about:
        return f"The story about {' and '.join(thing.definite for thing in request.things)} again."
    return COMMAND_ECHOES[request.kind]


SAID_MOODS = {"": "", "calm": "bedtime", "funny": "funny"}
COMMAND_ECHOES = {
    RequestKind.ANOTHER: "Another story.",
    RequestKind.AGAIN: "The same story again.",
    RequestKind.GO_ON: "The next chapter.",
    RequestKind.STOP: "Stop.",
    RequestKind.LOUDER: "Louder.",
    RequestKind.SOFTER: "Softer.",
    RequestKind.YES: "Yes.",
    RequestKind.NO: "No.",
    RequestKind.GOOD_NIGHT: "Good night.",
}
