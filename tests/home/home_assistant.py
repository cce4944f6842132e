"""What Home Assistant demands of a device's discovery message, restated.

From homeassistant 2026.2, components/mqtt: schemas.py (the device, its origin, availability),
config.py (which platform needs which topic), the module of each platform, discovery.py (the topic),
util.py (what is a topic).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

TOPIC = re.compile(r"homeassistant/device/[a-zA-Z0-9_-]+/config")
TOP_LEVEL = {
    "device", "origin", "components", "availability_topic", "availability_template",
    "payload_available", "payload_not_available", "availability", "availability_mode",
    "state_topic", "command_topic", "qos", "encoding",
}  # fmt: skip
DEVICE = {
    "identifiers", "connections", "manufacturer", "model", "model_id", "name", "hw_version",
    "serial_number", "sw_version", "via_device", "suggested_area", "configuration_url",
}  # fmt: skip
ORIGIN = {"name", "sw_version", "support_url"}
COMMON = {
    "platform", "unique_id", "name", "icon", "entity_category", "entity_picture", "qos", "encoding",
    "enabled_by_default", "default_entity_id", "json_attributes_topic", "json_attributes_template",
}  # fmt: skip
READS = {"state_topic", "value_template"}
WRITES = {"command_topic", "command_template", "retain", "optimistic"}
PLATFORMS: dict[str, set[str]] = {
    "button": {"command_topic", "command_template", "device_class", "payload_press", "retain"},
    "text": READS | WRITES | {"min", "max", "mode", "pattern"},
    "number": READS | WRITES | {"min", "max", "step", "mode", "unit_of_measurement"},
    "select": READS | WRITES | {"options"},
    "switch": READS | WRITES | {"payload_on", "payload_off", "state_on", "state_off"},
    "sensor": READS | {"device_class", "options", "unit_of_measurement", "state_class"},
    "binary_sensor": READS | {"device_class", "payload_on", "payload_off", "off_delay"},
    "event": READS | {"device_class", "event_types"},
    "update": READS | {"device_class", "latest_version_topic", "payload_install", "title"},
}
NEEDS = {
    "button": {"command_topic"},
    "text": {"command_topic"},
    "number": {"command_topic"},
    "select": {"command_topic", "options"},
    "switch": {"command_topic"},
    "sensor": {"state_topic"},
    "binary_sensor": {"state_topic"},
    "event": {"state_topic", "event_types"},
    "update": {"state_topic"},
}
STATE_MAX_CHARACTERS = 255


def check_device(topic: str, message: dict[str, Any]) -> None:
    """AssertionError where Home Assistant would refuse the message or a part of it."""
    assert TOPIC.fullmatch(topic)
    assert set(message) <= TOP_LEVEL and {"device", "origin", "components"} <= set(message)
    device, origin = message["device"], message["origin"]
    assert set(device) <= DEVICE and (device.get("identifiers") or device.get("connections"))
    assert set(origin) <= ORIGIN and origin["name"]
    check_topic(message["availability_topic"])
    seen = set()
    for name, component in message["components"].items():
        assert re.fullmatch(r"[a-zA-Z0-9_-]+", name)
        check_component(component)
        assert component["unique_id"] not in seen
        seen.add(component["unique_id"])


def check_component(component: dict[str, Any]) -> None:
    platform = component["platform"]
    assert set(component) <= COMMON | PLATFORMS[platform], component
    assert NEEDS[platform] | {"unique_id"} <= set(component), component
    assert isinstance(component["unique_id"], str)
    for key, value in component.items():
        if key.endswith("_topic"):
            check_topic(value)
        if key == "icon":
            assert value.startswith("mdi:")
    assert component.get("entity_category") in (None, "config", "diagnostic")
    # "config" is for what can be set, "diagnostic" for what can only be read.
    if "command_topic" not in component:
        assert component.get("entity_category") != "config"
    FURTHER.get(platform, lambda _: None)(component)


def _text(component: dict[str, Any]) -> None:
    assert 0 <= component.get("min", 0) <= component["max"] <= STATE_MAX_CHARACTERS


def _number(component: dict[str, Any]) -> None:
    assert component["min"] <= component["max"]
    assert component.get("step", 1) >= 0.001


def _sensor(component: dict[str, Any]) -> None:
    if "options" in component:
        assert component["options"] and component["device_class"] == "enum"
        assert "state_class" not in component and "unit_of_measurement" not in component


def _list_of_texts(key: str) -> Callable[[dict[str, Any]], None]:
    def check(component: dict[str, Any]) -> None:
        assert component[key] and all(isinstance(one, str) for one in component[key])

    return check


FURTHER: dict[str, Callable[[dict[str, Any]], None]] = {
    "text": _text,
    "number": _number,
    "sensor": _sensor,
    "select": _list_of_texts("options"),
    "event": _list_of_texts("event_types"),
}


def check_topic(topic: str) -> None:
    """A name, that is: no filter."""
    assert topic and len(topic.encode()) <= 65535
    assert not set(topic) & set("+#\0") and topic.isprintable()


def rendered(template: str, state: dict[str, Any]) -> Any:
    """What `{{ value_json.FIELD }}`, which is all that we use for states, finds."""
    found = re.fullmatch(r"\{\{ value_json\.(\w+) \}\}", template)
    assert found is not None
    return state[found[1]]
