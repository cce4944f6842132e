"""The image's system in QEMU, as a machine with 64 MB that is talked to on its serial console."""

from __future__ import annotations

import re
import select
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

IMAGE = Path(__file__).resolve().parent.parent
# An instruction takes 2 ns of the guest's time, however long it takes here: a busy machine cannot
# make the guest miss a deadline. Waiting takes as long as it takes here: else the clock of a guest
# that waits for its card jumps from timer to timer.
CLOCK = "shift=1,sleep=on"
INSTRUCTIONS_PER_S = 5e8  # by this clock
CONSOLE_TIMEOUT_S = 1800.0  # s of this machine's time for one command


class Failed(Exception):
    """A sentence for whoever runs the trial."""


def workshop(*command: str) -> None:
    """Run a command in the workshop; Failed where that is not possible."""
    done = subprocess.run(
        [str(IMAGE / "in_workshop.sh"), *command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)}: {done.stderr.strip()[-300:]}")


@dataclass(frozen=True)
class Machine:
    """What QEMU is started with; paths are those inside of the workshop."""

    image: str
    kernel: str
    options: str = ""  # further words of the kernel's command line
    drives: tuple[str, ...] = ()  # raw files that become /dev/vdb and so on

    def command(self) -> list[str]:
        """The command that runs it, its console on standard input and output."""
        firmware = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
        words = f"console=ttyS0,115200 root=/dev/vda2 rootwait ro quiet loglevel=4 {self.options}"
        command = [str(IMAGE / "in_workshop.sh"), "qemu-system-riscv64", "-M", "virt"]
        command += ["-cpu", "thead-c906", "-m", "64M", "-icount", CLOCK, "-bios", firmware]
        command += ["-kernel", self.kernel, "-append", words, "-display", "none", "-no-reboot"]
        command += ["-monitor", "none", "-serial", "stdio"]
        for at, path in enumerate((self.image, *self.drives)):  # /dev/vda, /dev/vdb ...
            command += ["-drive", f"file={path},format=raw,if=none,id=d{at}"]
            command += ["-device", f"virtio-blk-device,drive=d{at}"]
        return command


class Guest:
    """A machine that runs; use it as a context manager. Leaving it is pulling the plug."""

    def __init__(self, machine: Machine, log: Path) -> None:
        self._log = log.open("ab")
        self._said = b""
        self._process = subprocess.Popen(
            machine.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )

    def __enter__(self) -> Guest:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()  # in_workshop.sh kills QEMU then, without a chance to finish
        self._process.wait(30)
        self._log.close()

    def start(self, command: str) -> None:
        """Type a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n".encode())

    def wait_for(self, pattern: str, timeout: float = CONSOLE_TIMEOUT_S) -> re.Match[bytes]:
        """Read the console until the pattern is there, and forget what came up to its end."""
        assert self._process.stdout is not None
        until = time.monotonic() + timeout
        while not (found := re.search(pattern.encode(), self._said)):
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                raise Failed(f"the console did not show {pattern} in {timeout:.0f} s")
            read = self._process.stdout.read(4096)
            if not read:
                raise Failed(f"the machine ended before its console showed {pattern}")
            self._log.write(read)
            self._log.flush()
            self._said += read
        self._said = self._said[found.end() :]
        return found

    def run(self, command: str, timeout: float = CONSOLE_TIMEOUT_S) -> str:
        """What the command printed; Failed where it ends with another status than 0."""
        # The marks are written apart, so that the echo of the command is not taken for them; the
        # first one is there because a prompt may come after that echo.
        self.start(f"echo BE''GIN; {command}; echo EN''D $?")
        found = self.wait_for(r"BEGIN\r?\n(?s:(.*?))END (\d+)\r?\n", timeout)
        if found[2] != b"0":
            raise Failed(f"{command} ended with {int(found[2])}: {found[1].decode()}")
        return found[1].decode("utf-8", "replace").replace("\r", "")

    def read(self, path: str) -> str:
        """What a file of text holds; by the shell itself, for which no program needs memory."""
        return self.run(f'while read -r line || [ "$line" ]; do echo "$line"; done <{path}')
