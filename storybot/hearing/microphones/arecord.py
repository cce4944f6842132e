"""ALSA's arecord as a child process.

It is started by posix_spawn: the module `subprocess` takes 0.4 MB, too much for the recogniser
process on 64 MB.
"""

from __future__ import annotations

import os
import signal

from storybot.errors import Exit, StorybotError
from storybot.system.alsa_messages import AlsaMessages, english

ARECORD = "arecord"
READ_BYTES = 65536  # bytes


class Arecord:
    """One run of it; `sound` is the file descriptor that its output is read from."""

    def __init__(self, *arguments: str) -> None:
        """StorybotError(SOUND_IN) where it cannot be run."""
        self.sound, out = os.pipe()
        said, err = os.pipe()
        self._ended = False
        places = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, out, 1),
            (os.POSIX_SPAWN_DUP2, err, 2),
        ]
        try:
            self._pid = os.posix_spawnp(
                ARECORD,
                [ARECORD, *arguments],
                english(dict(os.environ)),
                file_actions=places,
                setsigdef=[signal.SIGPIPE],  # Python ignores it; arecord must end when nobody reads
            )
        except OSError as fault:
            os.close(self.sound)
            os.close(said)
            raise StorybotError(
                f"cannot run {ARECORD} ({fault.strerror}); install alsa-utils", Exit.SOUND_IN
            ) from None
        finally:
            os.close(out)
            os.close(err)
        self.messages = AlsaMessages(said)

    def complaint(self) -> str:
        """End it, and return why it could not record."""
        self._kill()
        self.messages.read()
        return self.messages.reason or "it gives no sound"

    def output(self) -> str:
        """Everything it writes, until it ends."""
        return _all_of(self.sound).decode(errors="replace")

    def close(self) -> None:
        self._kill()
        os.close(self.sound)
        os.close(self.messages.stream)

    def _kill(self) -> None:
        if not self._ended:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._ended = True


def _all_of(pipe: int) -> bytes:
    parts = []
    while part := os.read(pipe, READ_BYTES):
        parts.append(part)
    return b"".join(parts)
