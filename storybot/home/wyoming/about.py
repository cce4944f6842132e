"""What this service says of itself: in answer to `describe`, and to the network by avahi."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from wyoming.info import (
    Attribution,
    HandleModel,
    HandleProgram,
    Info,
    IntentModel,
    IntentProgram,
)

from storybot.home.box import Box

SERVICE_TYPE = "_wyoming._tcp"  # that Home Assistant looks for
LANGUAGES = ["en"]
DESCRIPTION = "Tells children stories"
ATTRIBUTION = Attribution(name="storybot", url="")
AVAHI = """\
<?xml version="1.0" standalone="no"?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group>
  <name>{name}</name>
  <service>
    <type>{type}</type>
    <port>{port}</port>
    <txt-record>id={id}</txt-record>
    <txt-record>version={version}</txt-record>
  </service>
</service-group>
"""


def info(box: Box) -> Info:
    """A program that handles requests, and one that recognises their intents."""
    common: dict[str, Any] = {
        "name": "storybot",
        "attribution": ATTRIBUTION,
        "installed": True,
        "description": DESCRIPTION,
        "version": box.version,
    }
    handles = HandleModel(languages=LANGUAGES, **common)
    recognises = IntentModel(languages=LANGUAGES, **common)
    handle = HandleProgram(models=[handles], supports_handled_streaming=True, **common)
    return Info(handle=[handle], intent=[IntentProgram(models=[recognises], **common)])


def avahi_service(box: Box, port: int) -> str:
    """The file that makes avahi-daemon announce us; see avahi.service(5)."""
    return AVAHI.format(
        name=escape(box.name), type=SERVICE_TYPE, port=port, id=box.id, version=escape(box.version)
    )
