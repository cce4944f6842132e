"""Keeps what sound libraries print to stderr away from the user."""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Iterator
from functools import cache

_lock = threading.Lock()
_kept: list[int] = []  # copies of the real stderr, one for each caller inside
# snd_lib_error_handler_t without its variable arguments: file, line, function, error, format
_Handler = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)
_say_nothing = _Handler(lambda *_: None)


@cache
def silence_alsa() -> None:
    """Keep ALSA quiet for as long as the process lives: it reports underruns while it plays."""
    with contextlib.suppress(OSError):
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_say_nothing)


@contextlib.contextmanager
def silenced_stderr() -> Iterator[None]:
    """Point file descriptor 2 at /dev/null: JACK, OSS and PulseAudio write to it from C."""
    with _lock:
        os.environ.setdefault("JACK_NO_START_SERVER", "1")
        _kept.append(os.dup(_kept[0] if _kept else 2))
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 2)
        os.close(nothing)
    try:
        yield
    finally:
        with _lock:
            real = _kept.pop()
            if not _kept:
                os.dup2(real, 2)
            os.close(real)
