"""ALSA's arecord as a child process.

It is started by posix_spawn: the module `subprocess` takes 0.4 MB, too much for the recogniser
process on 64 MB.
"""

from __future__ import annotations

import os
import select
import signal
import time

from storybot.errors import Exit, StorybotError
from storybot.system.alsa_messages import AlsaMessages, english

ARECORD = "arecord"
READ_BYTES = 65536  # bytes
KILL_TIMEOUT_S = 1.0  # s, as in system/processes.py, which needs `subprocess`
KILLED_LOOK_INTERVAL_S = 0.005  # s between two looks whether it has ended
LIST_TIMEOUT_S = 10.0  # s until its list must be whole; a plugin of ALSA may wait for a server


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
        """Everything it writes, until it ends; StorybotError(SOUND_IN) where it does not."""
        parts: list[bytes] = []
        deadline = time.monotonic() + LIST_TIMEOUT_S
        while select.select([self.sound], [], [], max(0.0, deadline - time.monotonic()))[0]:
            part = os.read(self.sound, READ_BYTES)
            if not part:
                return b"".join(parts).decode(errors="replace")
            parts.append(part)
        raise StorybotError(
            f"{ARECORD} does not answer; unplug the microphone and plug it in again", Exit.SOUND_IN
        )

    def close(self) -> None:
        self._kill()
        os.close(self.sound)
        os.close(self.messages.stream)

    def _kill(self) -> None:
        if not self._ended:
            os.kill(self._pid, signal.SIGKILL)
            self._ended = True
            limit = time.monotonic() + KILL_TIMEOUT_S
            while os.waitpid(self._pid, os.WNOHANG) == (0, 0) and time.monotonic() < limit:
                time.sleep(KILLED_LOOK_INTERVAL_S)
