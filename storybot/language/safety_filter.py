"""The safety filter: words, phrases and patterns that are neither asked for nor said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from storybot.config.schema import SafetySettings
from storybot.data import DATA_FOLDER
from storybot.errors import Exit, StorybotError
from storybot.language.story_phrases import SAFE_ENDING, bridge_sentence

SHIPPED_LIST = DATA_FOLDER / "unsafe-words.txt"
HARMLESS_LIST = DATA_FOLDER / "harmless-phrases.txt"
MAX_REFUSED_IN_A_ROW = 2  # sentences, after which the story is ended

_ENDINGS = ("", "s", "es", "d", "ed", "ing", "er", "ers", "y")
_DISGUISE = str.maketrans("@$013457!", "asoieasti")
_TOKEN = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
# Not the apostrophe of a contraction: he'll is not hell.
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
    harmless: re.Pattern[str] | None = None  # phrases whose words are not looked at: blue tit

    def allows(self, text: str) -> bool:
        """False when any word, stem, phrase or pattern of the list is in `text`."""
        text = plain_text(text)
        if self.harmless is not None:
            text = self.harmless.sub(" . ", text)
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


def harmless_pattern(lists: Iterable[Iterable[str]]) -> re.Pattern[str] | None:
    """What finds the phrases of these lists, one a line, in plain text; their plurals, too."""
    entries = (plain_text(line.partition("#")[0]) for lines in lists for line in lines)
    phrases = {tuple(_TOKEN.findall(entry.replace("-", " "))) for entry in entries} - {()}
    if not phrases:
        return None
    # The longest first: where "naked mole rat" stands, more than "naked mole" is meant.
    ordered = sorted(phrases, key=lambda words: (-len(words), words))
    said = "|".join(r"[\s-]+".join(map(re.escape, words)) for words in ordered)
    return re.compile(rf"(?<![\w-])(?:{said})(?:e?s)?(?![\w-])")


def load_filter(settings: SafetySettings | None = None, further: Iterable[str] = ()) -> Filter:
    """The shipped lists, `further` lines, and the family's own where the settings name them."""
    settings = settings or SafetySettings()
    if not settings.filter:
        return Filter()
    found = parse(SHIPPED_LIST.read_text("utf-8").splitlines(), SHIPPED_LIST.name)
    harmless = [HARMLESS_LIST.read_text("utf-8").splitlines()]
    found = _both(found, parse(further, "further words"))
    if settings.extra_words:
        own = parse(_read(settings.extra_words, "extra_words"), settings.extra_words)
        found = _both(found, own)
    if settings.allowed_phrases:
        harmless.append(_read(settings.allowed_phrases, "allowed_phrases"))
    return replace(found, harmless=harmless_pattern(harmless))


def _both(one: Filter, other: Filter) -> Filter:
    """The words of both lists."""
    stems, patterns = one.stems + other.stems, one.patterns + other.patterns
    return Filter(one.words | other.words, stems, patterns)


def _read(name: str, key: str) -> list[str]:
    path = Path(name).expanduser()
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StorybotError(
            f"The word list {path} cannot be read ({error}); correct safety: {key}.", Exit.CONFIG
        ) from error


class StoryFilter:
    """Filters one story, sentence by sentence."""

    def __init__(self) -> None:
        self.over = False  # the last sentence that said() returned ends the story
        self._refused = 0  # in a row

    def said(self, allowed: Filter, number: int, text: str) -> str:
        """What is said for sentence `number`: itself, a bridge sentence, or the story's end."""
        if allowed.allows(text):
            self._refused = 0
            return text
        self._refused += 1
        self.over = self._refused >= MAX_REFUSED_IN_A_ROW
        return SAFE_ENDING if self.over else bridge_sentence(number)
