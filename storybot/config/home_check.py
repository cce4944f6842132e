"""The box in the home network: whether its settings can be used in the topics of a broker."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from storybot.config.schema import HomeSettings

ID = re.compile(r"[A-Za-z0-9_-]{1,32}")  # what Home Assistant allows in a discovery topic
EVERYBODY = "all"  # the id that means every box


def address(text: str) -> tuple[str, int] | None:
    """Host and port of "host:port"; None where it is none."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        return None
    return host.strip("[]"), int(port)


def find_home_faults(home: HomeSettings) -> Iterator[tuple[str, str]]:
    """Each "home.KEY" that is wrong, and why; whether the broker answers is seen later."""
    if home.id and (not ID.fullmatch(home.id) or home.id == EVERYBODY):
        yield (
            "home.id",
            f"expected up to 32 letters, digits, _ and -, and not {EVERYBODY!r}: {home.id!r}",
        )
    try:
        ipaddress.ip_address(home.page_address)
    except ValueError:
        yield "home.page_address", f"expected an address such as 0.0.0.0: {home.page_address!r}"
    for key, given, port in (("voice", home.voice, 10200), ("recogniser", home.recogniser, 10300)):
        if given and address(given) is None:
            yield f"home.{key}", f"expected host:port such as 192.168.1.20:{port}, not {given!r}"
    if home.mqtt_ca_file and not home.mqtt_tls:
        yield "home.mqtt_ca_file", "is used with TLS alone; set home.mqtt_tls to true"
