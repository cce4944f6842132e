"""Understands typed requests, which may be about things that no recogniser knows."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from storybot.language.request_patterns import ASKS_FOR_STORY, POLITE
from storybot.language.requests import (
    AS_USUAL,
    Request,
    RequestKind,
    puts_off,
    style_in,
    things_before,
    understand,
)
from storybot.language.safety_filter import Filter, plain_text
from storybot.language.things import COUNTS, Thing, family_children, find_thing, unlisted_thing
from storybot.language.wishes import (
    MAX_THINGS,
    NAMED,
    ONESELF,
    SMALL_WORDS,
    Wishes,
    child,
    name_at,
    named,
    thing_at,
    wishes_in,
)

WORD_MAX_LETTERS = 30  # letters
COMPOUND_LEAST_LETTERS = 4  # of a word that is on no list, to be one with the next: "ein" is none
# Of two words that are no thing, the first is one with the second ("a washing machine") unless it
# says how that is: "a fluffy quokka", "a purple quokka".
_HOW_IT_IS = re.compile(
    r"\w+(?:y|ful|less|ous|ish|ive|able|ible|ic|al|ed|est|ier)|red|blue|green|purple|pink|orange"
    r"|brown|black|white|gr[ea]y|gold|golden|silver|old|new|young|long|short|tall|fat|thin|thick|wide"
    r"|huge|giant|large|good|bad|nice|kind|mean|cute|sweet|soft|hard|fast|quick|slow|loud|quiet"
    r"|warm|hot|cold|cool|wet|dry|clean|dark|bright|light|strong|weak|wild|tame|smart|clever|wise"
    r"|strange|odd|weird|rare|lost|real|same|other|another|very|really|so|more|most|first|last|next"
    r"|best|super|great|grand|poor|rich|round|flat|sharp|sick|broken|hidden|sleeping|dancing"
    r"|singing|flying|talking|running|jumping|laughing|crying|swimming|smiling|playing|sad|mad"
)
_DOING = re.compile(r"\w{2,}ing")
_STATES = frozenset(("being", "feeling", "getting", "having", "becoming", "wanting", "trying"))
_WHATEVER = re.compile(
    r"(?:surprise (?:me|us)|you (?:choose|decide|pick)|(?:anything|whatever)(?: you (?:like|want))?"
    r"|(?:i|we) don't (?:care|mind))(?: please)?"
)
BARE_WORDS_MAX = 2  # words without an article that are taken for a noun: purple quokka
_AND = re.compile(r"[,;&]|\b(?:and|with)\b")
_PAUSE = re.compile(r"(?<=\w)[,!.:]+\s+")
_TOKENS = re.compile(r"[^\s.,;:!?\"()&/\u2013\u2014\u201c\u201d]+")
_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")
_BEFORE_A_NOUN = re.compile(
    rf"about|an?|the|some|my|our|your|his|her|its|their|one|{'|'.join(COUNTS)}|many"
)
_BEFORE_NO_NAME = re.compile(rf"an?|the|one|{'|'.join(COUNTS)}|many|some")
# "With no monsters or ghosts", "not about a dog": the story is not to be about those.
_UNWANTED = re.compile(
    r"(?<=\w)[\s,;]+(?:with(?=\s+no\b)\s+|but\s+)?(?:no|without(?:\s+any)?|not\s+about)"
    r"\s+(?:(?:an?|the)\s+)?[\w'-]+(?:\s+or\s+(?:(?:an?|the)\s+)?[\w'-]+)*"
)
# When it is to be told, at the end.
_WHEN = re.compile(
    r" (?:in (?:a|one) (?:minute|moment|second)|(?:before|after|at) (?:bed|bedtime|dinner|lunch"
    r"|breakfast|supper|school|bath)(?: ?time)?)$"
)
_OWN = re.compile(r"my|our|your|his|her|their")
_ABOUT = re.compile(
    r"(?:(?:tell|talk|speak|read|write|say|how|what|something|anything|another|one|me|us|i|you"
    r"|want|need|like|would|can|could|to|hear)\s+)*(?=about\b)"
)
# Where the noun's own words end: "a quokka | that likes to sleep".
_AFTER_A_NOUN = re.compile(
    r"an?|the|some|that|who|whose|which|what|when|where|while|because|from|in|into|inside|on|onto"
    r"|at|by|for|of|off|over|under|up|down|near|through|without|to|as|but|or|then|not"
    r"|stuck|lost|asleep|alone|outside|is|are|was|were|be|has|have|had|can|could|will|would|does|did|goes|went|likes|loves|wants"
    r"|riding|sitting|playing|going|looking|living|eating|wearing|having|named|called"
    r"|my|our|your|his|her|its|their"
)
# What is said to machines and people, but is no noun where it stands alone or first.
_NO_NOUN = re.compile(
    r"i|i'm|you|we|they|he|she|it|it's|this|that|that's|these|those|me|us|him|her|them|there|here"
    r"|mine|yours|hers|ours|theirs|there's|here's"
    r"|(?:some|any|every|no)(?:thing|one|body|where)|none|all"
    r"|what|what's|who|who's|whose|whom|where|where's|when|why|how|how's|which"
    r"|is|isn't|are|am|was|were|be|been|do|don't|does|did|can|can't|could|will|won't|would|shall"
    r"|should|may|might|must|have|has|had"
    r"|in|out|on|off|up|down|over|at|to|for|from|of|by|if|or|but|so|then|because|again|not|never"
    r"|yes|yeah|yep|no|nope|maybe|sure|ok|okay|hello|hi|hey|bye|goodbye|sorry|thanks|welcome|good"
    r"|morning|evening|afternoon|very|too|more|less|most|just|only|also|always|soon|later|away"
    r"|turn|switch|play|pause|resume|continue|start|begin|open|close|shut|wait|hold|go|come|skip"
    r"|next|previous|back|forward|rewind|mute|unmute|volume|loud|quiet|silent|silence|hush|shush"
    r"|stop|end|finish|quit|exit|cancel|abort|delete|remove|add|change|set|reset|restart|reboot"
    r"|reload|shutdown|power|wake|sleep|status|settings|config|help|info|version|test|undo|repeat"
    r"|get|put|make|take|give|show|say|speak|talk|sing|listen|hear|tell|read|write|ask|answer|call"
    r"|let|let's|know|think|want|need|like|love|hate|eat|drink|run|walk|jump|look|see|watch|find"
    r"|search|count|try|use|keep|leave|bring|send|buy|work|spell|stay|sit|stand|feel|mind"
    r"|time|date|today|tonight|tomorrow|yesterday|weather|news|timer|alarm"
    r"|a+h+|o+h+|u+h+|u+m+|h+m+|e+r+m*|wow|yay|oops|bla+h?|(?:ha)+h?|(?:la)+|(?:na)+|lol|etc|stor(?:y|ies)|tales?"
)


def understand_typed(text: str, allowed: Filter | None = None) -> Request | None:
    """The request in "about a cat", "a quokka and a boat", "louder" or a whole sentence.

    None where the words name nothing, or are no English letters. The phrases that `allowed`
    holds for harmless stay together: a blue tit is no tit. Whether the words suit a child is
    decided by `is_allowed`.
    """
    names = _capitals(text)
    text = plain_text(text).strip(" \t\r\n\"'")
    text = _UNWANTED.sub("", text)
    phrases: dict[str, str] = {}  # one word for each harmless phrase -> the phrase
    if allowed is not None and allowed.harmless is not None:
        found = {match[0] for match in allowed.harmless.finditer(text)}
        phrases = {"-".join(_TOKENS.findall(phrase)): phrase for phrase in found}
        for word, phrase in phrases.items():
            text = text.replace(phrase, word)
    whole = understand(text)
    if whole is not None and whole.kind is not RequestKind.STORY:
        return whole
    words = _TOKENS.findall(text)
    if _WHATEVER.fullmatch(" ".join(words)):
        return Request(RequestKind.STORY)
    if any(map(_is_foreign, words)) or puts_off(" ".join(words)):
        return None
    text = _WHEN.sub("", text)
    greeted = _PAUSE.sub(" ", text, count=1)  # hey robot, a story about ...
    topic = re.sub(POLITE, "", greeted if re.match(POLITE, greeted) else text)
    if (asks := re.match(ASKS_FOR_STORY, topic) or _ABOUT.match(topic)) is not None:
        topic = topic[asks.end() :]
    elif whole is None and _no_noun(_TOKENS.findall(topic)[:1]):
        return None
    things: list[Thing] = []
    for part in _AND.split(topic):
        named = (
            unlisted_thing(phrases[thing.word]) if thing.word in phrases else thing
            for thing in _things(_TOKENS.findall(part), names)
        )
        things += [thing for thing in named if thing not in things]
    if not things and asks is not None:
        things += things_before(asks[0])
    if not things:
        return whole
    style = style_in(asks[0]) if asks is not None else AS_USUAL
    return Request(RequestKind.STORY, tuple(things[:MAX_THINGS]), style=style)


def is_allowed(request: Request | None, text: str, allowed: Filter) -> bool:
    """Whether the filter allows the words, and every form of the things understood in them."""
    things = request.things if request is not None else ()
    forms = [form for thing in things for form in (thing.word, thing.plural)]
    return all(map(allowed.allows, (text, *forms)))


def _capitals(text: str) -> frozenset[str]:
    """The words that are written as names, in lower case; none where most words are."""
    words = _TOKENS.findall(text)[1:]
    written = [word for word in words if word[0].isupper() and word[1:].islower()]
    if 2 * len(written) > len(words) + 1:
        return frozenset()
    return frozenset(plain_text(word).removesuffix("'s") for word in written)


def _things(words: list[str], names: Container[str]) -> list[Thing]:
    """What a part of the request between two "and" is about: a fluffy quokka is a quokka.

    `names`: words that are names where nothing else is known of them.
    """
    said = [word for word in words if any(map(str.isalpha, word))]
    words = [word.removesuffix("'s") for word in said]
    owners = [word.removesuffix("'s") for word in said if word.endswith("'s")]
    told = next((at for at, word in enumerate(words) if word in NAMED), len(words))
    words, name = words[:told], name_at(words, told + 1)
    if bearer := _bearer(words):
        return bearer
    led = next((i + 1 for i, word in enumerate(words) if _BEFORE_A_NOUN.fullmatch(word)), None)
    while led is not None and any(map(_BEFORE_A_NOUN.fullmatch, words[led : led + 1])):
        led += 1  # about my ...
    noun = words[led or 0 :]
    while noun and SMALL_WORDS.fullmatch(noun[0]):
        noun = noun[1:]
    if led is None and _no_noun(noun[:1]) and noun[0] not in ONESELF:
        return []
    known = wishes_in(said[:told], family_children())
    if led is not None and words[led - 1] == "about" and _is_doing(noun):
        return list(known.things)
    own = led is not None and _OWN.fullmatch(words[led - 1])
    last = [word for word in words[-1:] if not word.endswith("ing")]  # my dog swimming
    if known.things and not name and own and last and last == [*known.unknown]:
        name = name_at(words, len(words) - 1)  # my teddy bear Bruno
    elif own and not name and [thing.is_name for thing in known.things] == [False, True]:
        return [named(known.things[0], known.things[1].word)]  # my doll Anna
    elif not _no_noun(noun[:1]):
        noun = noun[: _length_of(noun)]
        noun = [word for word in noun if not SMALL_WORDS.fullmatch(word)]
        few = 0 < len(set(noun)) == len(noun) <= BARE_WORDS_MAX
        if led is None and (_no_noun(noun) or not few):
            return []
        if noun and not wishes_in(noun).things and 1 < len(noun[-1]) <= WORD_MAX_LETTERS:
            before = words[led - 1] if led else ""
            alone = noun[:-1] in ([], ["friend"]) and not _BEFORE_NO_NAME.fullmatch(before)
            if not name and alone and noun[-1] in names:
                stranger, name = child(), noun[-1].capitalize()  # about Elsa
            elif not name and own and len(noun) == 2 and noun[-1] in names:
                stranger, name = unlisted_thing(noun[0]), noun[-1].capitalize()  # my granny Rosie
            else:
                stranger = _counted(unlisted_thing(_compound(noun, owners)), before)
            return [named(stranger, name) if name else stranger, *known.things]
        if whole := _of_mass(noun, words[led - 1] if led else "", known):
            return [named(whole, name) if name else whole]
    if name and known.things:
        return [named(known.things[0], name), *known.things[1:]]
    return list(known.things)


def _is_doing(noun: list[str]) -> bool:
    """What is done or felt, and no thing: "being brave", "losing a tooth"; not "flying quokkas"."""
    goes_on = noun[1:2] and (noun[0] in _STATES or _AFTER_A_NOUN.fullmatch(noun[1]))
    return bool(goes_on and _DOING.fullmatch(noun[0]) and thing_at(noun, 0)[0] is None)


def _compound(noun: list[str], owners: Container[str]) -> str:
    """The last word, with the one before it where both are one: "a washing machine".

    `owners`: words that had an 's.
    """
    if len(noun) > 1 and _DOING.fullmatch(noun[-1]):  # a quokka swimming
        noun = noun[:-1]
    if len(noun) == 1 or noun[-2] in owners or _HOW_IT_IS.fullmatch(noun[-2]):
        return noun[-1]
    long = len(noun[-2]) >= COMPOUND_LEAST_LETTERS or find_thing(noun[-2]) is not None
    return " ".join(noun[-2:]) if long else noun[-1]


def _of_mass(noun: list[str], before: str, known: Wishes) -> Thing | None:
    """ "A snow plough" is no snow: nobody says "a" of that."""
    if before not in ("a", "an") or len(noun) < 2 or known.unknown[-1:] != (noun[-1],):
        return None
    mass = find_thing(noun[-2])
    if mass is None or mass.kind != "mass" or len(known.things) != 1:
        return None
    return unlisted_thing(" ".join(noun[-2:]))


def _bearer(words: list[str]) -> list[Thing]:
    """Who bears the name in "about Bruno the teddy bear"; nobody in "about a cat"."""
    if words[:1] != ["about"] or words[2:3] != ["the"] or _no_noun(words[1:2]):
        return []
    title, who = wishes_in(words[1:2]).things, wishes_in(words[3:])
    name = name_at(words, 1)
    if not name or any(not thing.is_name for thing in title) or len(who.things) != 1:
        return []
    return [named(who.things[0], name)]


def _length_of(noun: list[str]) -> int:
    """How many of the words belong to the noun: "a quokka | that likes to sleep"."""
    ends = (at for at, word in enumerate(noun) if _AFTER_A_NOUN.fullmatch(word))
    return next(ends, len(noun))


def _counted(thing: Thing, count: str) -> Thing:
    if count in ("a", "an") and thing.kind == "plural-only":  # a triceratops
        return replace(thing, kind="thing")
    if count == "about" and _DOING.fullmatch(thing.word):  # about skiing
        return replace(thing, kind="bare", plural=thing.word)
    return replace(thing, count=count) if count in COUNTS and thing.kind == "plural-only" else thing


def _no_noun(words: list[str]) -> bool:
    return any(map(_NO_NOUN.fullmatch, words))


def _is_foreign(token: str) -> bool:
    return any(map(str.isalpha, token)) and not _WORD.fullmatch(token.strip("-'"))
