"""ALSA's own arecord as a child process.

Started by posix_spawn: `subprocess` takes 0.4 MB, which the recogniser on 64 MB does not have.
"""

from __future__ import annotations

import os
import signal

from storybot.errors import Exit, StorybotError

ARECORD = "arecord"
READ_BYTES = 65536  # bytes


class Arecord:
    """One life of it; `sound` is the file descriptor that its output can be read from."""

    def __init__(self, *arguments: str) -> None:
        """StorybotError(SOUND_IN) where it cannot be run."""
        self.sound, out = os.pipe()
        self._said, err = os.pipe()
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
                os.environ,
                file_actions=places,
                setsigdef=[signal.SIGPIPE],  # or it would outlive us: Python ignores it
            )
        except OSError as fault:
            os.close(self.sound)
            os.close(self._said)
            raise StorybotError(
                f"cannot run {ARECORD} ({fault.strerror}); install alsa-utils", Exit.SOUND_IN
            ) from None
        finally:
            os.close(out)
            os.close(err)

    def complaint(self) -> str:
        """What it said about why it cannot record; it is ended for it."""
        self._kill()
        said = _all_of(self._said).decode(errors="replace").strip().splitlines()
        return said[-1].rpartition("audio open error: ")[2] if said else "it gives no sound"

    def output(self) -> str:
        """All that it writes."""
        return _all_of(self.sound).decode(errors="replace")

    def close(self) -> None:
        self._kill()
        os.close(self.sound)
        os.close(self._said)

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
