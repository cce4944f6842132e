"""Which of several texts of one sentence wishes for what is on the list of things (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from storybot.language.requests import Request
from storybot.language.second_words import INTRODUCTION, heard_in, tidied, topic_words
from storybot.language.sound_alikes import key_of, sound_alike
from storybot.language.things import find_thing
from storybot.language.typed_requests import understand_typed
from storybot.language.wishes import SMALL_WORDS

# The second's words lead over the first's, ln probability. Of 14 sentences those that the second
# misheard led by at most 3.7 over what was said ("study", "teddy"), others by 5.9 ("drop it", "stop
# it") and more.
MISHEARD_LEAD = 4.0
# By so much another of the second's texts may be less likely, where it wishes for listed things
# alone and the likeliest does not: "your head" leads over "a hat" by 1.1, "a badger" over "a
# bedroom" by 1.6. And where the likeliest names no thing: "theirs" over "bears" by 1.9.
LISTED_LEAD = 1.2
NO_THING_LEAD = 2.5
_BETWEEN = ("in", "on", "at", "by", "for")  # two things: "a puppy on a boat"


def with_listed_things(
    text: str, others: Sequence[tuple[str, float]], keyphrase: str
) -> tuple[str, float | None]:
    """The text, or the likeliest other that wishes for what is on the list.

    It has as many words, or sounds like it; what is one word ("mailman") may have been written as
    two ("male man"). With that one by how much it is less likely.
    """
    words = topic_words(text, keyphrase)
    wish = _wished_for(text, keyphrase)
    if not words or are_listed(wish, text):
        return text, None
    most = LISTED_LEAD if wish is not None and wish.things else NO_THING_LEAD
    for spelt, behind in sorted(others, key=lambda one: one[1]):
        written = tidied(spelt)
        listed = topic_words(written, keyphrase)
        one, other = " ".join(words), " ".join(listed)
        in_two = len(listed) < len(words) and key_of(one) == key_of(other)
        if behind > (MISHEARD_LEAD if in_two else most):
            continue
        same = len(listed) == len(words) or sound_alike(one, other)
        if same and are_listed(_wished_for(written, keyphrase), written):
            return written, behind
    return text, None


def _wished_for(text: str, keyphrase: str) -> Request | None:
    wish = heard_in(text, keyphrase).wish
    return understand_typed(text) if wish is None else wish.request


def are_listed(wish: Request | None, text: str) -> bool:
    """Whether all that `text` wishes for is on the list: "an alternative lizard" is not."""
    if wish is None or not wish.things:
        return False
    known = {part for thing in wish.things for form in thing.forms for part in form.split()}
    known |= {part for thing in wish.things for part in thing.word.lower().split()}
    said = INTRODUCTION.sub("", text).replace(",", " ").replace("'s ", " ").split()
    known.update(_BETWEEN)
    strange = [word for word in said if word not in known and not SMALL_WORDS.fullmatch(word)]
    return not strange and all(find_thing(thing.word) for thing in wish.things)
