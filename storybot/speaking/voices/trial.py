"""Tries a voice in a process of its own: `python -m ...trial VOICE ACCENT`, settings' words both.

It writes the sentence that says why they cannot be spoken with, and fails; or nothing.
"""

from __future__ import annotations

import sys

from storybot.errors import StorybotError
from storybot.speaking.voices.choice import make_voice
from storybot.speaking.voices.voice import SpeechParameters


def main() -> int:
    voice, accent = sys.argv[1:]
    try:
        make_voice(voice).synthesise("Hello.", SpeechParameters(accent), lambda pcm: False)
    except StorybotError as fault:
        print(fault)
        return fault.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
