#!/usr/bin/env python3
"""How much of a story is heard in a recording: `recognise.py RECORDED.raw STORY.txt`.

The recording is raw, 22,050 samples a second. PocketSphinx takes it down with its model of general
English, which is poor at espeak-ng's voice; so the same figure for the words turned round, which by
chance alone fit as well, stands beside it. Runs in the checkout's .venv.
"""

from __future__ import annotations

import re
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path

from pocketsphinx import Decoder

RATE_HZ = 16000


def words(text: str) -> list[str]:
    """Lower case, without punctuation."""
    return re.findall(r"[a-z']+", text.lower())


def taken_down(recorded: Path) -> tuple[list[str], float]:
    """The words of the recording, and its length in s."""
    # The rest of the drive, before sox: its dither would make sound of it.
    raw = recorded.read_bytes().rstrip(b"\0")
    raw += bytes(len(raw) % 2)
    form = ["-t", "raw", "-r", "22050", "-e", "signed", "-b", "16", "-c", "1", "-"]
    to = ["-t", "raw", "-r", str(RATE_HZ), "-"]
    sound = subprocess.run(["sox", *form, *to], input=raw, check=True, capture_output=True).stdout
    decoder = Decoder(samprate=RATE_HZ, loglevel="FATAL")
    decoder.start_utt()
    for at in range(0, len(sound), RATE_HZ):
        decoder.process_raw(sound[at : at + RATE_HZ])
    decoder.end_utt()
    found = decoder.hyp()
    return words(found.hypstr) if found else [], len(sound) / 2 / RATE_HZ


def in_order(wanted: list[str], heard: list[str]) -> int:
    """How many words of the one occur in the other in the same order."""
    blocks = SequenceMatcher(None, wanted, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def main() -> None:
    """Print one line."""
    heard, seconds = taken_down(Path(sys.argv[1]))
    story = words(Path(sys.argv[2]).read_text())
    right, turned = in_order(story, heard), in_order(story[::-1], heard)
    print(
        f"recorded {seconds:.0f} s of sound; of the story's {len(story)} words PocketSphinx heard "
        f"{right} in their order ({turned} in the reverse order)"
    )


if __name__ == "__main__":
    main()
