"""What a recogniser returns for one stretch of speech."""

from __future__ import annotations

from dataclasses import dataclass, field

from storybot.language.listening import KeyphraseOnly

# s after listening begins. An utterance that begins sooner may be the rest of an earlier one: the
# end of "stop the story" was recognised as "another story".
GUARD_TIME_S = 0.1


@dataclass(frozen=True)
class Utterance:
    """One recognised utterance."""

    text: str
    confidence: float  # PocketSphinx: mean ln acoustic score per frame; Vosk: 0 to 1
    sure: bool = True  # confident enough, complete, and something that is listened for
    likely: bool = False  # not sure, but a request that is worth the question whether it was made
    alternative: str = ""  # sure, but another wish that sounds alike fits nearly as well
    open: bool = False  # by a recogniser without a grammar: it may name what is on no list
    pcm: bytes = field(default=b"", repr=False, compare=False)  # 16 kHz mono int16; "": not kept
    slower: float = field(default=1.0, compare=False)  # times that an adult would have said it


Heard = Utterance | KeyphraseOnly
