"""What aplay and arecord say on stderr: it is read while they run, or they wait for its reader."""

from __future__ import annotations

import os

READ_BYTES = 65536
LINE_MAX_BYTES = 1000  # of a line that has no end
XRUNS = (b"underrun", b"overrun", b"xrun")
INACCURATE = b"rate is not accurate"  # then "(requested = 16000Hz, got = 48000Hz)"
# Said where all is well.
CHATTER = (b"Recording ", b"Playing ", b"Warning:", b"         please, try")


def english(environment: dict[str, str]) -> dict[str, str]:
    """The environment in which they speak so that this module understands them."""
    return {**environment, "LC_ALL": "C"}


class AlsaMessages:
    """Takes the messages of one life of the program, piece by piece; keeps no more than it needs.

    `stream` is the reading end of its stderr, which no longer blocks.
    """

    def __init__(self, stream: int) -> None:
        os.set_blocking(stream, False)
        self.stream = stream
        self.xruns = 0  # times that it ran dry, or lost what it recorded
        self.actual_rate = 0  # Hz that the device runs at, where it is not the one asked for
        self._complaint = b""  # the first line that the program itself wrote
        self._last = b""  # the last line of all
        self._begun = b""  # of a line still to be ended

    def read(self) -> bool:
        """Take what there is without waiting; False when its end is reached."""
        while True:
            try:
                said = os.read(self.stream, READ_BYTES)
            except BlockingIOError:
                return True
            if not said:
                self._line(self._begun)
                self._begun = b""
                return False
            *lines, self._begun = (self._begun + said).split(b"\n")
            self._begun = self._begun[:LINE_MAX_BYTES]
            for line in lines:
                self._line(line)

    @property
    def reason(self) -> str:
        """Why it ended; empty where it did not say."""
        line = self._complaint or self._last
        return line.decode("utf-8", "replace").strip(" :").rpartition(": ")[2]

    def _line(self, line: bytes) -> None:
        if any(word in line.lower() for word in XRUNS):
            self.xruns += 1
        elif INACCURATE in line:
            digits = line.rpartition(b"=")[2].strip(b" Hz)\r")
            self.actual_rate = int(digits) if digits.isdigit() else 0
        elif line.strip() and not line.startswith(CHATTER):
            self._last = line
            if not self._complaint and line.startswith((b"arecord: ", b"aplay: ")):
                self._complaint = line
