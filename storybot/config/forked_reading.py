"""The settings of a daemon that does not keep the reader of YAML, 1.2 MB, in its memory.

A forked process reads them and ends. It has imported already what its parent has; a Python of its
own, as `handover` uses, would take a tenth of a second more.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from storybot.config import handover
from storybot.config.as_shipped import is_as_shipped
from storybot.config.schema import Settings
from storybot.errors import Exit, StorybotError


def load_settings(explicit: Path | None) -> Settings:
    """The settings to begin with, for a process that has no other thread yet.

    StorybotError as of load.load_settings.
    """
    if explicit is None and is_as_shipped():
        return Settings()
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:  # no memory or no process left just now
        os.close(reading)
        os.close(writing)
        return _loaded(explicit)
    if child == 0:
        os.close(reading)
        _read_and_end(explicit, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="surrogatepass") as pipe:
        told = pipe.read()
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except ChildProcessError:  # whoever started this has children vanish (SIGCHLD ignored)
        return _loaded(explicit)
    if code == Exit.OK:
        return handover.from_json(told)
    known = Exit(code) if code in set(Exit) else Exit.FAULT  # -9: no memory was left for it
    raise StorybotError(told or "the settings cannot be read", known)


def _read_and_end(explicit: Path | None, writing: int) -> NoReturn:
    """The child. It writes the settings as JSON, or the error, and ends with the code of that."""
    code = Exit.FAULT
    try:
        told, ends = _read(explicit)
        with os.fdopen(writing, "w", encoding="utf-8", errors="surrogatepass") as pipe:
            pipe.write(told)
        code = ends
    except (KeyboardInterrupt, BrokenPipeError):  # its parent is interrupted, and says so
        code = Exit.INTERRUPTED
    except BaseException:  # nothing above this function may go on in a second process
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _read(explicit: Path | None) -> tuple[str, Exit]:
    try:
        return handover.to_json(_loaded(explicit)), Exit.OK
    except StorybotError as error:
        return str(error), error.code


def _loaded(explicit: Path | None) -> Settings:
    from storybot.config import load
    from storybot.config.check import CheckLevel

    # A model may be fetched later: the daemon rather says that it cannot tell than not start.
    return load.load_settings(explicit, trial=CheckLevel.USE).settings
