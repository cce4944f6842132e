"""What the daemon understood, as an intent with entities; and an intent as words again."""

from __future__ import annotations

from typing import Any

from wyoming.intent import Entity, Intent

ABOUT = "about"  # the entity: one thing that a story is about
STORY = "story"  # the kind of request that asks for one, see docs/protocol.md
NAMES = {
    STORY: "StorybotTell",
    "another": "StorybotAnother",
    "again": "StorybotAgain",
    "stop": "StorybotStop",
    "louder": "StorybotLouder",
    "softer": "StorybotSofter",
    "good-night": "StorybotGoodNight",
}
KINDS = {name: kind for kind, name in NAMES.items()}


def intent_of(understood: dict[str, Any], context: dict[str, Any] | None) -> Intent:
    """`understood` is the daemon's answer to `understand`."""
    entities = [Entity(ABOUT, thing) for thing in understood["things"]]
    return Intent(NAMES[understood["kind"]], entities, understood["said"], context)


def words_of(intent: Intent) -> str:
    """The request that the daemon understands as this intent; empty for one that is not ours."""
    kind = KINDS.get(intent.name, "")
    if kind != STORY:
        return kind.replace("-", " ")
    things = [str(each.value) for each in intent.entities if each.name == ABOUT]
    return "a story" + (f" about {' and '.join(things)}" if things else "")
