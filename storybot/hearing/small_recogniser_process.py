"""The small profile's recogniser process; see storybot.hearing.recogniser_process.

It puts off those modules of the standard library that are imported and not used.
"""

from __future__ import annotations

import sys

from storybot.system import lean_imports


def no_logger(name: str) -> None:
    """PocketSphinx asks for a logger and never uses it."""


# The module `logging` is not loaded for PocketSphinx: 0.5 MB.
LAZY_MODULES: dict[str, lean_imports.Substitutes] = {
    **lean_imports.LAZY_MODULES,
    "logging": {"pocketsphinx": {"getLogger": no_logger}},
}


def main() -> int:
    """Recognise until stdin ends; returns the exit status."""
    lean_imports.begin(LAZY_MODULES)
    from storybot.hearing import recogniser_process

    return recogniser_process.main()


if __name__ == "__main__":
    sys.exit(main())
