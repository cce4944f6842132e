"""Sound libraries print their troubles to stderr; a user gets one clear sentence instead."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

_one_at_a_time = threading.Lock()


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Point file descriptor 2 at /dev/null: ALSA, JACK and PulseAudio write to it from C."""
    with _one_at_a_time:
        os.environ.setdefault("JACK_NO_START_SERVER", "1")
        kept = os.dup(2)
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nothing, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(nothing)
            os.close(kept)
