"""The process of the pyttsx3 voice: one JSON line in, one wav out, nothing else survives."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from storybot.speaking.voices.pyttsx3 import MISSING, UNKNOWN

SETTLE_INTERVAL_S = 0.05  # s without growth after which the wav is complete


def main() -> int:
    """Speak the sentence that comes on stdin into the wav it names; returns the exit status."""
    task = json.load(sys.stdin)
    try:
        import pyttsx3

        engine = pyttsx3.init("espeak")
    except (ImportError, OSError, RuntimeError):
        return MISSING
    faults: list[object] = []
    engine.connect("error", lambda name, exception: faults.append(exception))
    if not any(_names(voice, task["accent"]) for voice in engine.getProperty("voices")):
        return UNKNOWN
    engine.setProperty("voice", task["accent"])
    engine.setProperty("rate", task["speed"])
    engine.setProperty("pitch", task["pitch"])
    engine.save_to_file(task["text"], task["wav"])
    engine.runAndWait()
    _wait_for(Path(task["wav"]))
    return 1 if faults else 0


def _names(voice: object, accent: str) -> bool:
    """Whether an accent, without its variant, is this English voice: by tag, name or file."""
    plain = accent.partition("+")[0].lower()
    tags = [str(tag).lower() for tag in getattr(voice, "languages", None) or ()]
    if tags and not any(tag.startswith("en") for tag in tags):
        return False
    tags += [str(getattr(voice, what, "")).lower() for what in ("name", "id")]
    return any(plain in (tag, tag.rpartition("/")[2]) for tag in tags)


def _wait_for(wav: Path) -> None:
    """runAndWait() may return before the file is whole; the parent's deadline bounds this."""
    size = -1
    while not wav.is_file() or wav.stat().st_size != size:
        size = wav.stat().st_size if wav.is_file() else -1
        time.sleep(SETTLE_INTERVAL_S)


if __name__ == "__main__":
    sys.exit(main())
