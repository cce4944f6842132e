"""Which HTTP requests are looked at all: what a browser tells of where a request comes from.

A page of somebody else that a browser in the home shows must not reach the box through it. Against
DNS rebinding the Host must be a name of the box or an address (an address cannot be rebound).
Against forged requests a change needs an Origin that is the Host, and JSON, for which a browser
asks first and gets no leave. The cookie is SameSite=Strict besides.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping

HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::[0-9]{1,5})?")
JSON = "application/json"
OPEN_PATH = "/"  # may be gone to from anywhere: it shows nothing by itself
OURSELVES = ("same-origin", "none")  # Sec-Fetch-Site: our page, or typed by whoever sits there

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def own_names(further: str) -> frozenset[str]:
    """What the box may be called in a Host; `further`: more names, with commas between."""
    name = socket.gethostname().lower()
    more = (one.strip().lower() for one in further.split(","))
    return frozenset(("localhost", name, f"{name}.local", *filter(None, more)))


def refusal(
    method: str, path: str, headers: Mapping[str, str], names: Iterable[str]
) -> tuple[int, str] | None:
    """The HTTP status and a word for what is wrong; None where nothing is."""
    host = headers.get("Host", "")
    if not _is_ours(host, names):
        return 421, "wrong-host"
    site = headers.get("Sec-Fetch-Site", "none")
    if path != OPEN_PATH and site not in OURSELVES:
        return 403, "other-site"
    if method in ("GET", "HEAD"):
        return None
    if method != "POST":
        return 405, "wrong-method"
    if headers.get("Origin", "") not in (f"http://{host}", f"https://{host}"):
        return 403, "other-origin"
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != JSON:
        return 415, "no-json"
    return None


def _is_ours(host: str, names: Iterable[str]) -> bool:
    found = HOST.fullmatch(host)
    if found is None:
        return False
    name = found[1].lower().rstrip(".")
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return name in names
    return True
