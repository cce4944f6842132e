"""The grammar of the sentences that recognisers listen for (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storybot.language.automaton import END, START, Automaton, Transition
from storybot.language.requests import ADJECTIVES
from storybot.language.things import Thing

STOPS = ("stop", "stop it", "stop the story", "please stop", "stop please")
# They sound like these and mean the contrary: recognised as what they are, they do nothing.
NO_STOPS = ("do not stop", "don't stop", "please do not stop", "please don't stop")
# Answers that ask for nothing and sound like a thing: "no" like "snow", "yes" like "nest".
NO_ANSWERS = ("no", "yes", "what", "hello", "i don't know")
COMMANDS = (
    "another one",
    "another story",
    "again",
    "tell it again",
    *STOPS,
    "louder",
    "softer",
    "quieter",
    "good night",
)
POLITE = ("please", "can you", "could you")
ARTICLES = ("a", "an", "the", "some")
# Of what may end or go on: how often it ends where more was to follow, as before a pause.
BREAKS_OFF = 1 / 64
DESCRIBED = 1 / 4  # of the things, by an adjective
SECOND_THING = 1 / 8  # after a thing
QUESTION = "tell me a story"  # may follow on a keyphrase that is only a name


def call_sentences(keyphrase: str, topics: Iterable[str]) -> list[Transition]:
    """Whole requests, which begin with the keyphrase, and the commands.

    In JSGF: [<polite>] <call> [about <topics>] [please] | <command>. They may break off.
    """
    made = Automaton()
    asked, called, about, told = (made.state() for _ in range(4))
    last = _last(made)
    made.say(START, last, COMMANDS, 1 / 2)
    made.say(START, asked, POLITE, 1 / 4)
    made.skip(START, asked, 1 / 4)
    _call(made, asked, called, keyphrase, 1 - BREAKS_OFF)
    words = keyphrase.split()
    begun = [" ".join(words[:count]) for count in range(1, len(words))]
    if begun:
        made.say(asked, last, begun, BREAKS_OFF)
    made.say(called, about, ["about"], 1 / 2)
    made.skip(called, told, 1 / 2)
    made.skip(about, last, BREAKS_OFF)
    _topics(made, about, told, last, topics, BREAKS_OFF)
    made.may_say(told, last, ["please"])
    return made.transitions()


def answer_sentences(keyphrase: str, topics: Iterable[str]) -> list[Transition]:
    """What follows on the keyphrase: "about a cat", "a cat and a dog", and the commands.

    The keyphrase may come before it, for a recogniser that hears both as one. In JSGF:
    [<call>] [[a story] about] <topics> [please] | [<call>] <command>.
    """
    made = Automaton()
    called, introduced, about, told = (made.state() for _ in range(4))
    last = _last(made)
    _call(made, START, called, keyphrase, 1 / 2)
    made.skip(START, called, 1 / 2)
    made.say(called, last, COMMANDS + NO_ANSWERS, 1 / 2)
    made.may_say(called, introduced, ["a story"], 1 / 4)
    made.say(introduced, about, ["about"], 1 - BREAKS_OFF)
    made.say(introduced, last, ["about"], BREAKS_OFF)
    made.skip(called, about, 1 / 4)
    _topics(made, about, told, last, topics, 0.0)
    made.may_say(told, last, ["please"])
    return made.transitions()


def stop_sentences() -> list[Transition]:
    made = Automaton()
    made.say(START, _last(made), STOPS + NO_STOPS)
    return made.transitions()


def begins_as_call(text: str, keyphrase: str) -> bool:
    """Whether a sentence with this beginning, possibly cut short, can only be a call."""
    beginnings = {said.split()[0] for said in (keyphrase, *POLITE)}
    return text.split()[0] in beginnings and text not in COMMANDS


def spoken_forms(things: Iterable[Thing]) -> list[str]:
    """Singular and plural of every thing as the dictionary writes them, each once."""
    return list(dict.fromkeys(f.lower() for thing in things for f in (thing.word, thing.plural)))


def words_of(*languages: Iterable[Transition]) -> set[str]:
    """Every word that these may answer."""
    return {word for transitions in languages for *_, word in transitions if word}


def phrase_list(keyphrase: str, things: Sequence[Thing]) -> list[str]:
    """The same for a recogniser that takes a list of phrases (Vosk)."""
    about = [f"about {thing.phrase.lower()}" for thing in things]
    words = words_of(call_sentences(keyphrase, spoken_forms(things)))
    return [keyphrase, *COMMANDS, *about, *sorted(words)]


def _last(made: Automaton) -> int:
    """The state that all sentences reach, one skip before END.

    Without the skip PocketSphinx would not count the silence at the end of a command to any word,
    while it does so where a sentence can continue: commands scored 0.5 higher then, and 38 instead
    of 25 of 624 sentences that are no requests were accepted.
    """
    last = made.state()
    made.skip(last, END, 1.0)
    return last


def _call(made: Automaton, source: int, target: int, keyphrase: str, share: float = 1.0) -> None:
    if "story" in keyphrase.split():  # it asks already; "hey storybot" is only a name
        made.say(source, target, [keyphrase], share)
        return
    named = made.state()
    made.say(source, named, [keyphrase], share)
    made.may_say(named, target, [QUESTION])


def _topics(
    made: Automaton,
    source: int,
    target: int,
    last: int,
    topics: Iterable[str],
    second_breaks_off: float,
) -> None:
    """<topics> = <topic> [and <topics>]; <topic> = [<article>] [<adjective>] <thing>.

    From `source` to `target`; what breaks off goes to `last`. `second_breaks_off`: how often a
    second thing does; 0 for answers, where the noise after a short one became "and".
    """
    meant, described, named, joined = (made.state() for _ in range(4))
    made.may_say(source, meant, ARTICLES, 1 - BREAKS_OFF)
    made.say(source, last, ARTICLES, BREAKS_OFF)
    made.may_say(joined, meant, ARTICLES, 1 - second_breaks_off)
    if second_breaks_off:
        made.say(joined, last, ARTICLES, second_breaks_off)
        made.say(named, last, ["and"], SECOND_THING * second_breaks_off)
    made.say(meant, described, ADJECTIVES, DESCRIBED * (1 - BREAKS_OFF))
    made.say(meant, last, ADJECTIVES, DESCRIBED * BREAKS_OFF)
    made.skip(meant, described, 1 - DESCRIBED)
    made.say(described, named, topics)
    made.say(named, joined, ["and"], SECOND_THING * (1 - second_breaks_off))
    made.skip(named, target, 1 - SECOND_THING)
