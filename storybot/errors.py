"""The one exception a user may see: a clear sentence, and the exit code that goes with it."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the `storybot` command (2 is argparse's own)."""

    OK = 0
    FAULT = 1  # something inside broke
    USAGE = 2  # the command line
    CONFIG = 3  # a setting
    SOUND_IN = 4  # microphone or wav
    SOUND_OUT = 5  # loudspeaker or voice
    MODEL = 6  # model file or tokenizer
    ENGINE = 7  # the engine child process
    NOT_HEARD = 8  # nothing understood
    DAEMON = 9  # the daemon does not answer
    INTERRUPTED = 130  # Ctrl-C
    TERMINATED = 143  # SIGTERM or SIGHUP


class StorybotError(Exception):
    """A fault told to the user in one sentence that says what to do."""

    def __init__(self, sentence: str, code: Exit = Exit.FAULT) -> None:
        super().__init__(sentence)
        self.code = code


def refused(what: str, error: OSError, code: Exit) -> StorybotError:
    """The fault where the system gives no process, memory or file; `what` cannot be done so."""
    why = error.strerror or str(error)
    return StorybotError(f"{what} ({why}); free memory or room on the disk, then try again", code)
