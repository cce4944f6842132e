"""How English asks for a story, as patterns over lower-case words (pure).

They are text, which `re` compiles at the first request: at the start that would take 15 ms.
"""

from __future__ import annotations

UNFINISHED = (
    r".*\b(?:an?|the|some|my|his|her|two|three|about|and|with|of|tell|read|called|named|something"
    r"|(?<!about )(?<!and )(?<!with )(?:me|us))"
)
# "about a cat and a": what was to follow was not said, or it was the s of "cats".
UNFINISHED_SECOND_THING = r"(?<=\w) (?:and|with)(?: (?:a|an|the|some))?$"
POLITE = (
    r"^(?:(?:please|hey|hi|hello|okay|ok|oh|now|well|storybot|robot|story bot"
    r"|can you|could you|will you|would you) )+|(?: (?:please|right now|now|storybot|thank you))+$"
)
_AGAIN = r" (?:again|once more|one more time)"
# "the dragon story again", "the story about the dragon again"; the things stand in a group.
STORY_AGAIN = (
    r"(?:(?:tell|read)(?: me| us)? )?(?:the|that)"
    r"(?: (?P<before>\w[\w' ]*) (?:story|one)| (?:story|one) (?:about|of|with) (?P<after>.+))"
    rf"{_AGAIN}"
)
# "tell me a story about a dragon again": what was asked for before.
ASKED_AGAIN = rf"(?P<after>.* (?:about|of|with) .+){_AGAIN}"
# "no, I said a boat"; what was meant stands in a group.
CORRECTION = r"(?:no|nope|not that)(?: no)*(?: i said| i mean| i want)? (.+)"
# "Tell me a story later" asks for none. Without listening for them they are taken for silence.
NOT_NOW = ("later", "later on", "tomorrow", "another time", "another day")
_LATER = (
    r"(?:later(?: (?:on|today|tonight|then|ok|okay))?|tomorrow(?: (?:morning|evening|night))?"
    r"|(?:another|some|some other) (?:time|day|night)|next time)"
)
_STORY = r"(?:(?!about\b|with\b|of\b|who\b|that\b)[\w']+ ){0,8}?(?:story|stories|tales?)"
PUT_OFF = rf"{_STORY} {_LATER}(?: (?:mom|mommy|mum|mummy|mama|dad|daddy|papa))?|{_LATER} {_STORY}"
# "Don't tell me a story", "I don't want a story about ghosts": nothing is asked for.
DECLINED = (
    r"(?:(?:i|we) )?(?:do not|don't|do n't|did not|didn't|no longer|never)"
    r" (?:want|need|like|tell|read|give|make)\b.*\b(?:story|stories|tales?)\b.*"
    r"|(?:(?:i|we) )?(?:want|need) no (?:more )?(?:story|stories|tales?)\b.*"
)
STYLES = ("long", "short", "funny", "bedtime")  # that recognisers listen for before "story"
LENGTHS = {"long": "long", "longer": "long", "short": "short", "quick": "short"}
MOODS = {"funny": "funny", "silly": "funny", "bedtime": "calm", "goodnight": "calm", "calm": "calm"}
# Asks for a story: everything after the match says what about.
ASKS_FOR_STORY = (
    r"(?:^|.*?\b)(?:"
    r"(?:tell|read|give|make)(?: me| us)? (?:\w+ ){0,4}?(?:story|stories|tale)s?"
    r"|(?:want|like|need|hear|have)(?: to (?:hear|have|listen to))? (?:\w+ ){0,3}?"
    r"(?:story|stories|tale)"
    r"|tell (?:me|us)(?= (?:something )?(?:about|with)\b)|^something(?= (?:about|with)\b)"
    r"|^(?:(?:a|an|the|another|one more)? ?(?:\w+ ){0,2}?(?:story|stories|tale))"
    r"(?= (?:about|of|with)\b|$)"
    r")\b"
)
