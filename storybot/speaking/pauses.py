"""How long the silence between sentences is."""

from __future__ import annotations

from enum import Enum

from storybot.config.schema import SpeakingSettings


class Place(Enum):
    """Where a sentence stands."""

    TITLE = "a title, which a longer pause follows"
    PARAGRAPH = "at the beginning of a paragraph"
    WITHIN = "behind another one of its paragraph"


def pause_s(settings: SpeakingSettings, before: Place | None, place: Place) -> float:
    """s of silence between a sentence at `before` and one at `place`; None: nothing precedes."""
    if before is None:
        return 0.0
    if before is Place.TITLE:
        return settings.pause_title_s
    if place is Place.PARAGRAPH:
        return settings.pause_paragraph_s
    return settings.pause_sentence_s
