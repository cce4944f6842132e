"""Whether a recogniser process gets on: by its heartbeats, and by the processor time it uses."""

from __future__ import annotations

from storybot.system.processes import cpu_seconds

# without a heartbeat that shows progress, for a process that uses no processor time
HEARTBEAT_TIMEOUT_S = 5.0
# There is no heartbeat while the last part of a sentence is decoded. PocketSphinx needs 0.7 s on
# x86-64 for 8 s of speech and 1.1 s for 10 s (a keyphrase with the longest request), and up to 30
# times longer on the small board. So a process that uses the processor has longer.
BUSY_TIMEOUT_S = 45.0  # without a heartbeat, even if it uses the processor
BUSY_CPU_SHARE = 0.1  # of one processor; a process that hangs uses none


class RecogniserProgress:
    """Of one process. All times are s of the event loop's clock."""

    def __init__(self, pid: int | None, now: float) -> None:
        self._pid = pid
        self._read = self._decoded = -1  # samples, as the last heartbeat had them
        self._got_on = self._looked = now  # when both last grew; the last look without that
        self._used = 0.0  # s of processor time that the process had used at the last look

    def beat(self, read: int, decoded: int, now: float, lost: bool) -> bool:
        """Take a heartbeat; whether it shows progress.

        Both counts grow then, unless the microphone is known to be `lost`.
        """
        if not lost and (read <= self._read or decoded <= self._decoded):
            return False
        self._read, self._decoded = read, decoded
        self._got_on = now
        self._used = cpu_seconds(self._pid)
        return True

    def due(self, now: float) -> float:
        """Seconds until `hangs` is to be asked; not above 0: now."""
        return max(self._looked, self._got_on) + HEARTBEAT_TIMEOUT_S - now

    def hangs(self, now: float) -> bool:
        """Whether it used no processor time since the last look, or takes too long."""
        self._looked = now
        before, self._used = self._used, cpu_seconds(self._pid)
        idle = self._used - before < BUSY_CPU_SHARE * HEARTBEAT_TIMEOUT_S
        return idle or self.silent(now) >= BUSY_TIMEOUT_S

    def silent(self, now: float) -> float:
        """Seconds without progress."""
        return now - self._got_on
