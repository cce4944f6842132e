"""What no family may forbid: without it no request is understood, or no story is told."""

from __future__ import annotations

from storybot.language.replies import Reply
from storybot.language.story_phrases import BRIDGE_SENTENCES, CLOSING_SENTENCE, SAFE_ENDING

# Without a thing: "cat" itself may be forbidden.
REQUESTS = (
    "please tell me a story about a",
    "read us a long story, a short story, a funny story, a bedtime story with two",
    "stop it",
    "be quiet, louder, softer, quieter",
    "turn the volume up, turn it down",
    "good night, sleep well",
    "the story again, once more, the same one",
    "go on, what happens next, the next chapter",
    "yes, that's right",
    "no, i said a",
    "another one, one more story, more stories, a tale",
    "something else",
)
# Nearly every story has many of them.
SMALL_WORDS = (
    "a an the this that these those some any all both each every other such",
    "i me my you your he him his she her it its we us our they them their who what which",
    "am is are was were be been have has had do does did will would can could may must",
    "and or but so if then than as when where while because how why not too very just only also",
    "of to in on at by for from with about into out up down over under off after before near",
    "one two three day time once upon there here now again away back",
    "said say says asked told tell see saw go went come came get got make made want wanted",
    "like liked look looked know knew think thought little big good new old happy",
)
_REPLIES = tuple(reply.value for reply in Reply if reply is not Reply.NOT_CAUGHT)  # names a cat
NEEDED = (
    *REQUESTS,
    *SMALL_WORDS,
    *_REPLIES,
    *BRIDGE_SENTENCES,
    CLOSING_SENTENCE,
    SAFE_ENDING,
)
