"""What PocketSphinx listens for: JSGF grammars and the dictionary cut down to them (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from storybot.things import Thing

GRAMMAR_HEAD = "#JSGF V1.0;\ngrammar {name};\n"
HISSING = frozenset(("S", "Z", "SH", "ZH", "CH", "JH"))  # plural spoken as IH Z
UNVOICED = frozenset(("P", "T", "K", "F", "TH"))  # plural spoken as S
COMMANDS = (
    "another one",
    "another story",
    "again",
    "tell it again",
    "stop",
    "stop it",
    "louder",
    "softer",
    "quieter",
    "good night",
)
STOPS = ("stop", "stop it")

Pronunciations = Mapping[str, Sequence[str]]  # word -> "K AE T" and its variants


def call_grammar(keyphrase: str, topics: Iterable[str]) -> str:
    """Whole requests, which begin with the keyphrase, and the commands."""
    utterance = "[<polite>] <call> [about <topics>] [please] | <command>"
    return _grammar("call", utterance, topics, keyphrase)


def answer_grammar(keyphrase: str, topics: Iterable[str]) -> str:
    """What follows on the keyphrase: "about a cat", "a cat and a dog", and the commands.

    The keyphrase may come before it, for a recogniser that hears both as one.
    """
    utterance = "[<call>] [[a story] about] <topics> [please] | [<call>] <command>"
    return _grammar("answer", utterance, topics, keyphrase)


def stop_grammar() -> str:
    return GRAMMAR_HEAD.format(name="stop") + f"public <utterance> = {' | '.join(STOPS)};"


def _grammar(name: str, utterance: str, topics: Iterable[str], keyphrase: str) -> str:
    """`topics` are the words that may be asked for; all must stand in the dictionary."""
    call = keyphrase if " story" in keyphrase else f"{keyphrase} [tell me a story]"
    return GRAMMAR_HEAD.format(name=name) + "\n".join(
        (
            f"public <utterance> = {utterance};",
            "<polite> = please | can you | could you;",
            f"<call> = {call};",
            "<topics> = <topic> [and <topics>];",
            "<topic> = [a | an | the | some] <thing>;",
            f"<thing> = {' | '.join(topics)};",
            f"<command> = {' | '.join(COMMANDS)};",
        )
    )


def spoken_forms(things: Iterable[Thing]) -> list[str]:
    """Singular and plural of every thing as the dictionary writes them, each once."""
    return list(dict.fromkeys(f.lower() for thing in things for f in (thing.word, thing.plural)))


def grammar_words(*grammars: str) -> set[str]:
    """Every word that these grammars may answer."""
    words: set[str] = set()
    for grammar in grammars:
        bodies = re.findall(r"=([^;]*);", grammar)
        words |= set(re.findall(r"[a-z'-]+", re.sub(r"<[^>]*>", " ", " ".join(bodies))))
    return words


def parse_dictionary(lines: Iterable[str], wanted: set[str]) -> dict[str, list[str]]:
    """The pronunciations of the wanted words from lines "word(2) W ER D"."""
    found: dict[str, list[str]] = {}
    for line in lines:
        entry, _, phones = line.partition(" ")
        word = entry.partition("(")[0]
        if word in wanted:
            found.setdefault(word, []).append(phones.strip())
    return found


def with_plurals(known: dict[str, list[str]], things: Iterable[Thing]) -> dict[str, list[str]]:
    """The pronunciations, and a made one for each regular plural that the dictionary lacks."""
    complete = dict(known)
    for thing in things:
        word, plural = thing.word.lower(), thing.plural.lower()
        if plural not in known and word in known:
            complete[plural] = [f"{phones} {_plural_sound(phones)}" for phones in known[word]]
    return complete


def dictionary_text(pronunciations: Pronunciations) -> str:
    """The dictionary file's text, as PocketSphinx reads it."""
    lines = []
    for word in sorted(pronunciations):
        for number, phones in enumerate(pronunciations[word], 1):
            lines.append(f"{word} {phones}" if number == 1 else f"{word}({number}) {phones}")
    return "\n".join(lines) + "\n"


def _plural_sound(phones: str) -> str:
    last = phones.split()[-1]
    if last in HISSING:
        return "IH Z"
    return "S" if last in UNVOICED else "Z"
