"""The grammar of the sentences that recognisers listen for (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from storybot.language.automaton import END, START, Automaton, Transition
from storybot.language.choices import BY_NUMBER
from storybot.language.request_patterns import NOT_NOW, STYLES
from storybot.language.things import Thing
from storybot.language.wishes import ADJECTIVES, NAMED

STOPS = ("stop", "stop it", "stop the story", "please stop", "stop please")
# They sound like these and mean the contrary: recognised as what they are, they do nothing.
NO_STOPS = ("do not stop", "don't stop", "please do not stop", "please don't stop")
# Answers to a question of the box, which sound like things: "no" like "snow", "yes" like "nest".
YES_OR_NO = ("yes", "no")
# Answers that ask for nothing and sound like a thing.
NO_ANSWERS = ("what", "hello", "i don't know")
COMMANDS = (
    "another one",
    "another story",
    "again",
    "tell it again",
    "go on",
    *STOPS,
    "louder",
    "softer",
    "quieter",
    "good night",
)
POLITE = ("please", "can you", "could you")
ABOUT = ("about", "with")
AGAIN = ("again", "story again")
# Of what may end or go on: how often it ends where more was to follow, as before a pause.
BREAKS_OFF = 1 / 64
DESCRIBED = 1 / 4  # of the things, by an adjective
SECOND_THING = 1 / 8  # after a thing
RARELY = 1 / 16  # styles, "called Noah", "about me", "the dragon story again"
NEITHER = 1 / 256  # another thing, after a question that names two
QUESTION = "tell me a story"  # may follow on a keyphrase that is only a name


class Form(Enum):
    """Of a thing's name, by what may stand before it."""

    ONE = "cat"
    MASS = "snow"
    MANY = "cats"
    PROPER = "moon"  # and "space"
    NAME = "Lily"


FORMS = {"mass": Form.MASS, "plural-only": Form.MANY, "one": Form.PROPER, "bare": Form.PROPER}
NO_NAMES = tuple(form for form in Form if form is not Form.NAME)  # "hat" sounds like "Hannah"
# What may follow on which articles; "" stands for none.
AFTER_ARTICLES: tuple[tuple[tuple[str, ...], tuple[Form, ...]], ...] = (
    (("a", "an"), (Form.ONE, Form.MASS)),
    (("two", "three"), (Form.MANY,)),
    (("some",), (Form.MASS, Form.MANY)),
    (("the", "his", "her"), NO_NAMES),
    (("my", ""), tuple(Form)),
)
ARTICLES = tuple(article for articles, _ in AFTER_ARTICLES for article in articles)
OF_THE_FIRST = ("his", "her")  # only of a second thing: a boy and his dog


@dataclass(frozen=True)
class Topics:
    """What may be asked for, in lower case."""

    forms: Mapping[Form, tuple[str, ...]]  # of each, every word once; no Form is empty
    names: tuple[str, ...]  # that a creature or a thing may be called


def topics_of(things: Iterable[Thing]) -> Topics:
    """Singular and plural of these things, and the names among them."""
    forms: dict[Form, dict[str, None]] = {form: {} for form in Form}
    names: dict[str, None] = {}
    for thing in things:
        if thing.is_name or thing.name:
            names[thing.forms[0]] = forms[Form.NAME][thing.forms[0]] = None
            continue
        one, many = thing.forms
        kind = FORMS.get(thing.kind)
        forms[kind or Form.ONE][one] = None
        if kind is None:
            forms[Form.MANY][many] = None
    return Topics({form: tuple(words) for form, words in forms.items() if words}, tuple(names))


def call_sentences(keyphrase: str, topics: Topics) -> list[Transition]:
    """Whole requests, which begin with the keyphrase, and the commands.

    In JSGF: [<polite>] <call> [about <topics> [again] | <later>] [please] | <command>.
    They may break off.
    "The dragon story again" is only an answer: where things may follow on silence, too, decoding
    takes twice the time, and 4 of 24 commands are no longer believed.
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
    made.say(called, about, ABOUT, 1 / 2)
    made.say(called, told, NOT_NOW, RARELY)
    made.skip(called, told, 1 / 2 - RARELY)
    made.skip(about, last, BREAKS_OFF)
    _topics(made, about, told, last, topics)
    made.may_say(told, last, ["please"])
    return made.transitions()


def answer_sentences(keyphrase: str, topics: Topics) -> list[Transition]:
    """What follows on the keyphrase: "about a cat", "a cat and a dog", and the commands.

    The keyphrase may come before it, for a recogniser that hears both as one. In JSGF:
    [<call>] [[a story | something] about] <topics> [again] [please] | [<call>] <command>.
    """
    made = Automaton()
    called, introduced, about, told = (made.state() for _ in range(4))
    last = _last(made)
    _call(made, START, called, keyphrase, 1 / 2)
    made.skip(START, called, 1 / 2)
    made.say(called, last, COMMANDS + YES_OR_NO + NO_ANSWERS, 1 / 2)
    story = [f"a {style} story" for style in STYLES]
    made.say(called, introduced, ["something", "the story", *story], RARELY / 2)
    made.say(called, about, ["no"], RARELY / 2)
    made.may_say(called, introduced, ["a story"], 1 / 4 - RARELY)
    made.say(introduced, about, ABOUT, 1 - BREAKS_OFF)
    made.say(introduced, last, ["about"], BREAKS_OFF)
    made.skip(called, about, 1 / 4)
    _topics(made, about, told, last, topics)
    made.may_say(told, last, ["please"])
    return made.transitions()


def choice_sentences(keyphrase: str, topics: Topics, between: Sequence[str]) -> list[Transition]:
    """What follows on "A boat or a book?": one of these words, likelier than all other things.

    Other answers ask for something else: the right thing may be neither. In JSGF:
    [<call> about] [<article>] <word> [please] | <topics> | the first | yes | no | <command>.
    """
    made = Automaton()
    called, wish, begun, about, told = (made.state() for _ in range(5))
    last = _last(made)
    made.say(START, last, BY_NUMBER + YES_OR_NO, 1 / 4)
    made.say(START, last, COMMANDS + NO_ANSWERS, RARELY)
    _call(made, START, called, keyphrase, RARELY)
    made.say(called, wish, ABOUT)
    made.skip(START, wish, 3 / 4 - 2 * RARELY)
    articles = [one for one in _said(ARTICLES) if one not in OF_THE_FIRST]
    made.may_say(wish, begun, articles, 1 - NEITHER)
    made.say(begun, told, between)
    made.skip(wish, about, NEITHER)
    _topics(made, about, told, last, topics)
    made.may_say(told, last, ["please"])
    return made.transitions()


def stop_sentences() -> list[Transition]:
    made = Automaton()
    made.say(START, _last(made), STOPS + NO_STOPS)
    return made.transitions()


def correction_sentences(topics: Topics) -> list[Transition]:
    """Stops and, as a story begins, "no, a boat"."""
    made = Automaton()
    about, told = made.state(), made.state()
    last = _last(made)
    made.say(START, last, STOPS + NO_STOPS, 1 / 2)
    made.say(START, about, ["no", "no no", "no i said"], 1 / 2)
    _topics(made, about, told, last, topics)
    made.skip(told, last, 1.0)
    return made.transitions()


def begins_as_call(text: str, keyphrase: str) -> bool:
    """Whether a sentence with this beginning, possibly cut short, can only be a call."""
    beginnings = {said.split()[0] for said in (keyphrase, *POLITE)}
    return text.split()[0] in beginnings and text not in COMMANDS


def words_of(*languages: Iterable[Transition]) -> set[str]:
    """Every word that these may answer."""
    return {word for transitions in languages for *_, word in transitions if word}


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
        _question(made, source, target, keyphrase, share)
        return
    named = made.state()
    made.say(source, named, [keyphrase], share)
    made.skip(named, target, 1 / 2)
    _question(made, named, target, QUESTION, 1 / 2)


def _question(made: Automaton, source: int, target: int, call: str, share: float) -> None:
    """The words that ask for a story, with a style before "story"."""
    before, story, after = call.partition("story")
    if not before.strip():
        made.say(source, target, [call], share)
        return
    begun, styled = made.state(), made.state()
    made.say(source, begun, [before], share)
    made.say(begun, styled, STYLES, RARELY)
    made.skip(begun, styled, 1 - RARELY)
    made.say(styled, target, [story + after])


def _topics(made: Automaton, source: int, target: int, last: int, topics: Topics) -> None:
    """<topics> = <topic> [and <topics>]; <topic> = [<article>] [<adjective>] <thing> [<name>].

    From `source` to `target`, after which they may be asked for again; what breaks off before the
    first thing goes to `last`. After it nothing may: the silence and noise after a short answer
    became "and". All things that may follow on an article are equally likely.
    """
    found, named, joined = (made.state() for _ in range(3))
    begins = {form: made.state() for form in topics.forms}
    for form, words in topics.forms.items():
        made.say(begins[form], found, words)
    adjective, described = made.state(), made.state()  # one for all: each takes memory
    made.say(adjective, described, ADJECTIVES, 1 - BREAKS_OFF)
    made.say(adjective, last, ADJECTIVES, BREAKS_OFF)
    _any_form(made, described, begins, topics, NO_NAMES)
    for articles, after in AFTER_ARTICLES:
        meant = made.state()
        first = tuple(article for article in articles if article not in OF_THE_FIRST)
        number = len(ARTICLES) - len(OF_THE_FIRST)
        _articles(made, source, meant, first, number, 1 - RARELY - BREAKS_OFF)
        made.say(source, last, _said(first), len(_said(first)) / number * BREAKS_OFF)
        _articles(made, joined, meant, articles, len(ARTICLES), 1 - RARELY)
        made.skip(meant, adjective, DESCRIBED)
        _any_form(made, meant, begins, topics, after, 1 - DESCRIBED)
    for state in (source, joined):
        made.say(state, named, ["me"], RARELY)
    made.skip(found, named, 1 - RARELY)
    if topics.names:
        calling = made.state()
        made.say(found, calling, NAMED, RARELY)
        made.say(calling, named, topics.names)
    made.say(named, joined, ["and"], SECOND_THING)
    made.say(named, target, AGAIN, RARELY)
    made.skip(named, target, 1 - SECOND_THING - RARELY)


def _any_form(
    made: Automaton,
    source: int,
    begins: Mapping[Form, int],
    topics: Topics,
    allowed: Sequence[Form],
    share: float = 1.0,
) -> None:
    """To a word of these forms, all equally likely."""
    counts = {form: len(topics.forms[form]) for form in allowed if form in topics.forms}
    for form, count in counts.items():
        made.skip(source, begins[form], share * count / sum(counts.values()))


def _articles(
    made: Automaton, source: int, target: int, articles: Sequence[str], of: int, share: float
) -> None:
    """One of the articles, each as likely as all the `of` that may stand there."""
    made.say(source, target, _said(articles), len(_said(articles)) / of * share)
    if "" in articles:
        made.skip(source, target, (1 - RARELY) / of)


def _said(articles: Sequence[str]) -> list[str]:
    return [article for article in articles if article]
