"""Makes what the box would otherwise make at its first start: run in the new root file system.

That is the code that the small profile compiles and the recogniser's files for the words of its
default settings, both in the service's cache folder. Files for other words would do nothing: the
box would make its own each time, which takes half of its memory.
"""

from __future__ import annotations

import sys
from pathlib import Path

from storybot.config.schema import Settings
from storybot.hearing.recogniser_client import for_profile
from storybot.hearing.recognisers.pocketsphinx.recogniser import PocketSphinxRecogniser
from storybot.system import bytecode_cache

CACHE = Path("/var/cache/storybot")  # of the service: systemd's CacheDirectory


def main() -> int:
    """Make both; 1 where the compiled code is not complete."""
    PocketSphinxRecogniser(for_profile(Settings().hearing, "small"), CACHE)
    return 0 if "PYTHONPYCACHEPREFIX" in bytecode_cache.environment(CACHE) else 1


if __name__ == "__main__":
    sys.exit(main())
