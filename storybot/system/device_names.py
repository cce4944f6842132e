"""Sound devices by their names: cards are numbered anew at every start, so numbers do not count."""

from __future__ import annotations

import re
from collections.abc import Sequence

# "(hw:1,0)" of PortAudio, "plughw:1,0" and "hw:CARD=1,DEV=0" of ALSA.
_CARD_NUMBER = re.compile(r"\s*\(?\b(plug)?hw:(CARD=)?\d+(,\s*(DEV=)?\d+)*\)?", re.IGNORECASE)
_NO_SUBDEVICE = ": -"  # how PortAudio calls the only device of a card


def lasting_name(name: str) -> str:
    """The part of a device's name that stays the same from start to start; may be empty."""
    return _CARD_NUMBER.sub("", name).strip().removesuffix(_NO_SUBDEVICE).rstrip(" :")


def find_device(wanted: str, devices: Sequence[Sequence[str]]) -> int | None:
    """Index of the device that `wanted` names, each device having one or more names.

    The whole name comes before a part of it, and of devices that differ in nothing but their
    number the one whose number fits comes first. Capitals do not count.
    """
    part = lasting_name(wanted).lower()
    if not part:
        return None
    whole = wanted.strip().lower()
    names = [[name.lower() for name in each] for each in devices]
    lasting = [[lasting_name(name) for name in each] for each in names]
    fits = [whole in names[at] and part in lasting[at] for at in range(len(devices))]
    is_named = [part in each for each in lasting]
    holds = [any(part in name for name in each) for each in lasting]
    best = next((found for found in (fits, is_named, holds) if any(found)), None)
    return None if best is None else best.index(True)


def unknown_device(fault: str, wanted: str, names: Sequence[str]) -> str:
    """What a user is told about a name that fits no device; `fault` says that it does not."""
    if not lasting_name(wanted):
        fault = f'"{wanted}" is the number of a sound card, which changes from start to start'
    return f"{fault}; there is: {', '.join(names) or 'none'}"
