"""Tries a recogniser in a process of its own: `python -m ...trial [words] < SETTINGS`.

The settings are those of hearing, as JSON. With `words` only the keyphrase is looked up: the
small board has no memory for a second recogniser. It writes the sentence that says why it cannot
listen, and fails; or nothing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile

from storybot.config.schema import HearingSettings
from storybot.errors import StorybotError
from storybot.hearing.pcm import SAMPLE_RATE_HZ
from storybot.hearing.recognisers.choice import make_recogniser


def main() -> int:
    settings = HearingSettings(**json.load(sys.stdin))
    try:
        if "words" in sys.argv[1:]:
            _look_up(settings)
        else:
            _listen(settings)
    except StorybotError as fault:
        print(fault)
        return fault.code
    return 0


def _look_up(settings: HearingSettings) -> None:
    from storybot.hearing.recognisers.pocketsphinx.dictionary import pronunciations_of
    from storybot.hearing.recognisers.pocketsphinx.reduced_model import full_dictionary

    pronunciations_of(set(settings.keyphrase.lower().split()), full_dictionary())


def _listen(settings: HearingSettings) -> None:
    with tempfile.TemporaryDirectory(prefix="storybot-") as cache:  # the daemon's stays as it is
        os.environ["STORYBOT_CACHE"] = cache
        make_recogniser(settings).hear(bytes(2 * SAMPLE_RATE_HZ))


if __name__ == "__main__":
    sys.exit(main())
