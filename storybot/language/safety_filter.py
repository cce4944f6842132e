"""What a child may ask for and what the box may say: words, phrases and patterns that are not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from storybot.config.schema import SafetySettings
from storybot.errors import Exit, StorybotError
from storybot.language.story_phrases import SAFE_ENDING, bridge_sentence

SHIPPED_LIST = Path(__file__).parents[1] / "data" / "unsafe-words.txt"
MAX_REFUSED_IN_A_ROW = 2  # sentences refused in a row before the story ends kindly

_ENDINGS = ("", "s", "es", "d", "ed", "ing", "er", "ers", "y")
_DISGUISE = str.maketrans("@$013457!", "asoieasti")
_TOKEN = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
# Not the sign of a contraction: he'll is no hell.
_JOINT = re.compile(r"(?<=[\w@$!])(?:-|'(?!(?:s|d|ll|m|re|t|ve)\b))(?=[\w@$!])")
_DISGUISED = re.compile(r"(?=\w*[a-z])[\w@$!]*[a-z@$!0-9][\w@$!]*")


def plain_text(text: str) -> str:
    """Lower-case text without accents, invisible characters or curly quotes."""
    if text.isascii():
        return text.casefold()
    import unicodedata  # 0.2 MB, which stories in English never need

    folded = (
        unicodedata.normalize("NFKD", text)
        .casefold()
        .replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )
    return "".join(c for c in folded if unicodedata.category(c) not in ("Mn", "Cf"))


def _words(text: str) -> set[str]:
    """The words of plain `text`, also as read through what hides them: k1ll, gu-n."""
    words = set(_TOKEN.findall(text))
    joined = _JOINT.sub("", text)
    if joined != text:
        words.update(_TOKEN.findall(joined))
    for disguised in _DISGUISED.findall(joined):
        words.update(_TOKEN.findall(disguised.translate(_DISGUISE)))
    return words | {word.removesuffix("'s") for word in words}


def _inflected(word: str) -> set[str]:
    forms = {word + ending for ending in _ENDINGS}
    if word.endswith("e"):
        forms |= {word[:-1] + "ing"}
    else:
        forms |= {word + word[-1] + ending for ending in ("ed", "ing", "er")}
    return forms


@dataclass(frozen=True)
class Filter:
    """Decides over requests and sentences; an empty filter allows everything."""

    words: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    patterns: tuple[re.Pattern[str], ...] = field(default=())

    def allows(self, text: str) -> bool:
        """False when any word, stem, phrase or pattern of the list is in `text`."""
        text = plain_text(text)
        words = _words(text)
        if not self.words.isdisjoint(words):
            return False
        if any(word.startswith(self.stems) for word in words):
            return False
        return not any(pattern.search(text) for pattern in self.patterns)


def parse(lines: Iterable[str], where: str) -> Filter:
    """A filter from list lines; `where` names the list in a StorybotError (Exit.CONFIG)."""
    words: set[str] = set()
    stems: list[str] = []
    patterns: list[re.Pattern[str]] = []
    for number, line in enumerate(lines, 1):
        entry = plain_text(line.strip()) if not line.startswith("/") else line.strip()
        if not entry or entry.startswith("#"):
            continue
        if entry.startswith("/") and entry.endswith("/") and len(entry) > 2:
            try:
                patterns.append(re.compile(entry[1:-1]))
            except re.error as error:
                raise StorybotError(
                    f"{where}, line {number}: the pattern {entry} does not work ({error}); "
                    "correct it or remove the line.",
                    Exit.CONFIG,
                ) from error
        elif entry.endswith("*"):
            stems.append(entry[:-1])
        elif " " in entry:
            phrase = r"\W+".join(re.escape(word.rstrip("+")) for word in entry.split())
            patterns.append(re.compile(rf"\b{phrase}\b"))
        elif entry.endswith("+"):
            words |= _inflected(entry[:-1])
        else:
            words.add(entry)
    return Filter(frozenset(words), tuple(stems), tuple(patterns))


def _joined(one: Filter, other: Filter) -> Filter:
    return Filter(one.words | other.words, one.stems + other.stems, one.patterns + other.patterns)


def load_filter(settings: SafetySettings | None = None) -> Filter:
    """The shipped list, and the family's own where the settings name one."""
    settings = settings or SafetySettings()
    if not settings.filter:
        return Filter()
    found = parse(SHIPPED_LIST.read_text("utf-8").splitlines(), SHIPPED_LIST.name)
    if not settings.extra_words:
        return found
    path = Path(settings.extra_words).expanduser()
    try:
        extra = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StorybotError(
            f"The word list {path} cannot be read ({error}); correct safety: extra_words.",
            Exit.CONFIG,
        ) from error
    return _joined(found, parse(extra, str(path)))


class StoryFilter:
    """One story under the filter, sentence by sentence."""

    def __init__(self) -> None:
        self.over = False  # what said() gave last is the story's end
        self._refused = 0  # in a row

    def said(self, allowed: Filter, number: int, text: str) -> str:
        """What is said for sentence `number`: itself, a bridge, or an early and kind end."""
        if allowed.allows(text):
            self._refused = 0
            return text
        self._refused += 1
        self.over = self._refused >= MAX_REFUSED_IN_A_ROW
        return SAFE_ENDING if self.over else bridge_sentence(number)
