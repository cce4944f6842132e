"""The words that a recogniser without a grammar writes: with capitals, figures and full stops."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum

from storybot.language.listening import without_style
from storybot.language.request_patterns import ASKS_FOR_STORY, POLITE
from storybot.language.requests import AS_USUAL, Request, RequestKind, understand
from storybot.language.things import COUNTS, Thing
from storybot.language.typed_requests import understand_typed

FIGURES = {str(number): word for number, word in enumerate(("one", *COUNTS), 1)}
ALIKE_WORD = 0.5  # share of the letters of a word of the keyphrase: "told" and "tell"
# Of a keyphrase that is a name, which may be made up: "hey zorbo" is written "hazorbo".
ALIKE_NAME = 0.6
REPEATED_WORDS = 4  # at the beginning, which the recogniser writes a second time
SHORT_WORD = 2  # letters; "a" and "me" are written in any way
_SENTENCE_END = re.compile(r"[.!?]+(?:\s+|$)")
_ASKS = re.compile(r"(?:tell|read|give|make|i want|i'd like|i would like|we want)\b")
_NO_MORE = re.compile(r"(?:(?:about|with|and|an?|the|some|please|now|thank you)\b ?)*")
INTRODUCTION = re.compile(r"^.*?\b(?:about|with) ")  # up to what a story is to be about
_INTRODUCED = re.compile(r"(?:about|with)\b")
_NO_TOPIC = re.compile(r"about|with|an?|the|some|my|our|your|his|her|please")


class Call(Enum):
    """Whether the keyphrase was said."""

    SAID = "said"
    ALIKE = "alike"  # something that may have been it
    MISSING = "missing"


@dataclass(frozen=True)
class CallAndRest:
    """A text with the keyphrase at its beginning, or without."""

    call: Call
    asked: str  # the words that ask for a story: "tell me a long story"; "": none do
    rest: str  # what follows; without a keyphrase the whole text

    @property
    def nothing_more(self) -> bool:
        """Whether nothing is wished for after the keyphrase."""
        return _NO_MORE.fullmatch(self.rest) is not None and not self.wish

    @property
    def introduced(self) -> bool:
        """Whether it goes on with "about"."""
        return _INTRODUCED.match(self.rest) is not None

    @property
    def wish(self) -> Wish | None:
        """What is wished for: "about a quokka", or "a quokka" alone."""
        if self.call is Call.MISSING:
            return None
        introduced = _NO_MORE.fullmatch(self.rest) or _INTRODUCED.match(self.rest)
        if not introduced and understand_typed(self.rest) is None:
            return None
        about = "" if introduced else "about "
        text = f"{self.asked or 'a story'} {about}{self.rest}".strip()
        request = understand_typed(text)
        if request is None or request.kind not in (RequestKind.STORY, RequestKind.AGAIN):
            return None
        return Wish(request, text) if request.things or request.style != AS_USUAL else None


@dataclass(frozen=True)
class Wish:
    """What a story is to be about, and the words that ask for it."""

    request: Request
    text: str


def tidied(said: str) -> str:
    """Lower case, figures as words, each sentence once, and no full stops."""
    words = said.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    words = re.sub(r"\b\d\b", lambda found: FIGURES.get(found[0], found[0]), words)
    sentences = [part.strip(" ,-") for part in _SENTENCE_END.split(words)]
    text = " ".join(dict.fromkeys(filter(None, sentences)))
    beginning = " ".join(text.split()[:REPEATED_WORDS])
    again = text.find(f" {beginning} ", 1) if beginning.count(" ") == REPEATED_WORDS - 1 else -1
    return text if again < 0 else text[:again].strip(" ,-")


def topic_words(text: str, keyphrase: str) -> list[str]:
    """The words of what is wished for, without articles: "about lemon and your hand" has three.

    Empty where nothing is introduced and nothing understood.
    """
    heard = heard_in(text, keyphrase)
    if not heard.introduced and understand_typed(heard.rest) is None:
        return []
    return [word for word in re.findall(r"[a-z']+", heard.rest) if not _NO_TOPIC.fullmatch(word)]


def ways_to_write(text: str, keyphrase: str) -> tuple[str, ...]:
    """A grammar's words as a recogniser without one would write them; after the keyphrase, if any.

    With and without a full stop, and with the usual articles: a grammar confuses those.
    """
    texts = dict.fromkeys(filter(None, (text, _with_usual_articles(text))))
    if not keyphrase:
        return tuple(f"{_sentence(one)}." for one in texts) + ((text,) if text else ())
    call = _sentence(keyphrase)
    written = []
    for one in texts:
        if _INTRODUCED.match(one):
            written += [f"{call} {one}."]
        else:
            written += [f"{call}, {one}.", f"{call}. {_sentence(one)}."]
    return tuple(written)


def uncounted(text: str) -> tuple[str, ...]:
    """A grammar's wish for "two nurses" as one for a nurse, and for nurses: it confuses those."""
    things = _things_of(text)
    if not any(thing.count for thing in things):
        return ()
    one = [replace(thing, count="").phrase for thing in things]
    many = [thing.plural if thing.count else thing.phrase for thing in things]
    return _with_topic(text, one), _with_topic(text, many)


def _with_usual_articles(text: str) -> str:
    things = _things_of(text)
    return _with_topic(text, [thing.phrase for thing in things]) if things else ""


def _things_of(text: str) -> tuple[Thing, ...]:
    request = understand(text)
    return request.things if request is not None and request.kind is RequestKind.STORY else ()


def _with_topic(text: str, phrases: Sequence[str]) -> str:
    """The text with these for what it wishes for."""
    introduced = INTRODUCTION.match(text)
    please = " please" if text.endswith(" please") else ""
    return f"{introduced[0] if introduced else ''}{' and '.join(phrases)}{please}"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def alike(one: str, other: str) -> float:
    """The share of letters that two texts have in common, in their order."""
    first, second = (re.sub(r"[^a-z]", "", text) for text in (one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def heard_in(text: str, keyphrase: str) -> CallAndRest:
    """Whether the text begins with the keyphrase, and what follows on it."""
    polite = re.match(POLITE, text.replace(",", " "))
    said = text[polite.end() :].lstrip(" ,") if polite is not None else text
    named = CallAndRest(Call.MISSING, "", said)
    if not re.match(ASKS_FOR_STORY, keyphrase):  # a name, on which "tell me a story" may follow
        named = _beginning_like(text, keyphrase, _like_a_name)
        said = named.rest
    asked = re.match(ASKS_FOR_STORY, said) if _ASKS.match(said) else None
    if asked is not None:
        return CallAndRest(Call.SAID, asked[0], said[asked.end() :].strip(" ,"))
    if named.call is Call.MISSING:
        return _beginning_like(said, keyphrase, _like_words)
    return named


def _beginning_like(text: str, keyphrase: str, like: Callable[[str, str], bool]) -> CallAndRest:
    """The longest beginning of the text that is like the keyphrase."""
    length = len(keyphrase.split())
    words = list(re.finditer(r"[^\s,]+", text))
    for count in (length + 1, length, length - 1):
        if 0 < count <= len(words):
            end = words[count - 1].end()
            beginning = " ".join(word[0] for word in words[:count])
            if like(without_style(beginning), keyphrase):
                call = Call.SAID if beginning == keyphrase else Call.ALIKE
                return CallAndRest(call, "", text[end:].strip(" ,"))
    return CallAndRest(Call.MISSING, "", text)


def _like_words(beginning: str, keyphrase: str) -> bool:
    """Whether each longer word is like that of the keyphrase, and begins with its letter."""
    said, wanted = beginning.split(), keyphrase.split()
    if len(said) != len(wanted):
        return False
    pairs = [pair for pair in zip(said, wanted, strict=True) if len(pair[1]) > SHORT_WORD]
    return all(one[0] == two[0] and alike(one, two) >= ALIKE_WORD for one, two in pairs)


def _like_a_name(beginning: str, keyphrase: str) -> bool:
    return alike(beginning, keyphrase) >= ALIKE_NAME
