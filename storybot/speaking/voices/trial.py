"""Tries a voice in a process of its own: `python -m ...trial < SETTINGS`.

The settings are those of speaking, as JSON. It writes the sentence that says why they cannot be
spoken with, and fails; or nothing.
"""

from __future__ import annotations

import json
import sys

from storybot.config.schema import SpeakingSettings
from storybot.errors import StorybotError
from storybot.speaking.voices.choice import make_voice
from storybot.speaking.voices.voice import SpeechParameters


def main() -> int:
    settings = SpeakingSettings(**json.load(sys.stdin))
    parameters = SpeechParameters(settings.accent)
    try:
        make_voice(settings).synthesise("Hello.", parameters, lambda pcm: False)
    except StorybotError as fault:
        print(fault)
        return fault.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
