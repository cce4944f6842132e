"""Text for a terminal that cannot show all of it: what it lacks is replaced, never a fault."""

from __future__ import annotations

import codecs
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # see answers.py
    from typing import TextIO

HANDLER = "storybot.nearest"  # name of the error handler
NEAREST = {
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u2009\u202f", " "),
    "…": "...",
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
}
UNKNOWN = "?"


def replace_what_cannot_be_shown() -> None:
    """Have stdout and stderr write the nearest characters that their encoding knows."""
    codecs.register_error(HANDLER, _nearest)
    for stream in (sys.stdout, sys.stderr):
        _reconfigure(stream)


def _reconfigure(stream: TextIO | None) -> None:
    reconfigure = getattr(stream, "reconfigure", None)  # a closed stream is None
    if reconfigure is not None:
        reconfigure(errors=HANDLER)


def _nearest(fault: UnicodeError) -> tuple[str, int]:
    """An error handler of `codecs`; it replaces by ASCII, which every terminal can show."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    return "".join(map(_ascii, fault.object[fault.start : fault.end])), fault.end


def _ascii(character: str) -> str:
    if character in NEAREST:
        return NEAREST[character]
    import unicodedata  # 0.2 MB that most terminals never need

    letters = unicodedata.normalize("NFKD", character).replace("\N{FRACTION SLASH}", "/")
    return letters.encode("ascii", "ignore").decode() or UNKNOWN
