"""Memory and start time of the page in both profiles: `python -m tests.home.page.figures`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.home.page.processes import PageProcess
from tests.home.processes import Daemon

READERS = 5  # browsers that follow


def main() -> None:
    """One line a profile: s to the first answer, MB resident at rest and with browsers."""
    for profile in ("full", "small"):
        with tempfile.TemporaryDirectory() as scratch, Daemon(Path(scratch)) as daemon:
            place = Path(scratch)
            with PageProcess(place, daemon.socket, profile=profile):
                pass  # the small profile makes its code once
            begun = time.monotonic()
            with PageProcess(place, daemon.socket, profile=profile) as page:
                started = time.monotonic() - begun
                rest = memory(page)
                page.pair()
                readers = [page.follow() for _ in range(READERS)]
                page.do(do="ask", text="a story about a cat")
                daemon.until("idle")
                print(f"{profile:6} {started:.1f} s, {rest} at rest, {memory(page)} with {READERS}")
                for one in readers:
                    one.close()


def memory(page: PageProcess) -> str:
    """Resident and anonymous MB; the rest is shared with other processes of Python."""
    assert page.process is not None
    status = Path(f"/proc/{page.process.pid}/status").read_text()
    found = dict(
        line.split(":") for line in status.splitlines() if line.startswith(("VmRSS", "RssA"))
    )
    resident, own = (int(found[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))
    return f"{resident:.1f} MB ({own:.1f} its own)"


if __name__ == "__main__":
    main()
