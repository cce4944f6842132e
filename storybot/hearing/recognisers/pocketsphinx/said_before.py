"""What was said before, and is needed to decode what is said next."""

from __future__ import annotations

from dataclasses import dataclass

from storybot.hearing.recognisers.pocketsphinx.confidence import DecodingResult, Segment
from storybot.hearing.recognisers.pocketsphinx.endpointing import Speech
from storybot.hearing.recognisers.pocketsphinx.front_ends import FrontEnd


@dataclass(frozen=True)
class Begun:
    """A request that breaks off."""

    speech: Speech
    decoded: DecodingResult
    unended: list[Segment]  # its words, before it was known that they are its end


@dataclass(frozen=True)
class Call:
    """How the keyphrase was said last."""

    mean: str  # cepstral, without the silence after it; "": it was not said yet
    front_end: FrontEnd
    pcm: bytes  # for a second recogniser, which hears an answer after it better
