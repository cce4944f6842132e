"""The small profile's daemon: `python -m storybot.daemon.small_process FD [CONFIG]`.

FD holds the settings as JSON. This process never imports a reader of YAML or of arguments, and
puts off those modules of the standard library that are imported and not used.
"""

from __future__ import annotations

import signal
import sys

from storybot.system import lean_imports


def main() -> int:
    """Live until SIGTERM; returns the exit status."""
    # Until the event loop has its own handler; asyncio.run() would need `inspect` to set its own.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    lean_imports.begin(lean_imports.LAZY_MODULES)
    # The daemon uses no network: asyncio does without OpenSSL, 5 MB.
    sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]
    from storybot.daemon import process

    return process.run_handed_over(int(sys.argv[1]), sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
