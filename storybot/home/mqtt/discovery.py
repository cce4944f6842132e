"""How the box presents itself to Home Assistant: a device and its components in one message.

The form is that of MQTT device discovery,
https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from storybot.config.schema import SpeakingSettings, TellingSettings
from storybot.home.box import Box
from storybot.home.mqtt.report import EVENT_TYPES, STATE_MAX_CHARACTERS
from storybot.home.mqtt.topics import ROOT, Topics

ONLINE, OFFLINE = "online", "offline"
STATES = (  # of the daemon, docs/appliance.md
    "starting",
    "idle",
    "hearing",
    "thinking",
    "telling",
    "paused",
    "asleep",
    "degraded",
    "ending",
)


def discovery(box: Box, speaking: SpeakingSettings) -> dict[str, Any]:
    """The message; the volume's bounds are the floor and cap of the settings."""
    topics = Topics(box.id)
    components = {
        **_buttons(topics),
        "ask": {
            **_command("text", topics, "ask", "Ask", "mdi:comment-question"),
            "min": 1,
            "max": STATE_MAX_CHARACTERS,
        },
        "volume": {
            **_command("number", topics, "volume", "Volume", "mdi:volume-high"),
            **_state(topics, "volume"),
            "min": min(speaking.volume_floor, speaking.volume_cap),
            "max": speaking.volume_cap,
            "unit_of_measurement": "%",
        },
        "voice": {
            **_command("select", topics, "voice", "Voice", "mdi:account-voice"),
            **_state(topics, "voice"),
            "options": _choices(SpeakingSettings, "voice"),
            "entity_category": "config",
        },
        "length": {
            **_command("select", topics, "length", "Length", "mdi:book-clock"),
            **_state(topics, "length"),
            "options": _choices(TellingSettings, "length"),
            "entity_category": "config",
        },
        "asleep": {
            **_command("switch", topics, "asleep", "Asleep", "mdi:sleep"),
            **_state(topics, "asleep"),
        },
        **_sensors(topics),
    }
    for name, component in components.items():
        component["unique_id"] = f"{ROOT}_{box.id}_{name}"
    return {
        "device": {
            "identifiers": [f"{ROOT}_{box.id}"],
            "name": box.name,
            "model": "storybot",
            "sw_version": box.version,
        },
        "origin": {"name": "storybot", "sw_version": box.version},
        "availability_topic": topics.online,
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        "components": components,
    }


def _buttons(topics: Topics) -> dict[str, dict[str, Any]]:
    shown = {
        "tell": ("Tell a story", "mdi:book-open-variant"),
        "again": ("Again", "mdi:replay"),
        "stop": ("Stop", "mdi:stop"),
        "good_night": ("Good night", "mdi:weather-night"),
    }
    return {
        name: _command("button", topics, name, label, icon) for name, (label, icon) in shown.items()
    }


def _sensors(topics: Topics) -> dict[str, dict[str, Any]]:
    return {
        "state": {
            **_shown("sensor", "State", "mdi:robot-happy"),
            **_state(topics, "state"),
            "device_class": "enum",
            "options": list(STATES),
        },
        "title": {**_shown("sensor", "Title", "mdi:book"), **_state(topics, "title")},
        "sentence": {
            **_shown("sensor", "Sentence", "mdi:format-quote-close"),
            **_state(topics, "sentence"),
            "state_topic": topics.sentence,
        },
        "trouble": {
            **_shown("binary_sensor", "Trouble", ""),
            **_state(topics, "trouble"),
            "device_class": "problem",
            "entity_category": "diagnostic",
            "json_attributes_topic": topics.state,
            "json_attributes_template": (
                "{{ {'missing': value_json.missing, 'works': value_json.works} | tojson }}"
            ),
        },
        "event": {
            **_shown("event", "Story", "mdi:book-play"),
            "state_topic": topics.event,
            "event_types": list(EVENT_TYPES),
        },
        "version": {
            **_shown("update", "Version", ""),
            "state_topic": topics.version,
            "entity_category": "diagnostic",
        },
    }


def _command(platform: str, topics: Topics, name: str, label: str, icon: str) -> dict[str, Any]:
    return {**_shown(platform, label, icon), "command_topic": topics.command(name)}


def _state(topics: Topics, field: str) -> dict[str, Any]:
    """A component's state: one field of the box's state."""
    return {"state_topic": topics.state, "value_template": f"{{{{ value_json.{field} }}}}"}


def _shown(platform: str, label: str, icon: str) -> dict[str, Any]:
    return {"platform": platform, "name": label} | ({"icon": icon} if icon else {})


def _choices(section: type[SpeakingSettings | TellingSettings], key: str) -> list[str]:
    (field,) = (each for each in fields(section) if each.name == key)
    return list(field.metadata["choices"])
