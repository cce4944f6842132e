"""The page in the small profile: `python -m storybot.cli.page_process FD ID NAME VERSION FOLDER`.

FD holds the settings as JSON; the next three say which box this is, FOLDER keeps paired devices.
As in the small daemon no reader of YAML or of arguments is imported. Nor is OpenSSL, for which
asyncio has no use here, and in place of which `hashlib` has code of its own.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from storybot.system import lean_imports


def main() -> int:
    """Serve until SIGTERM; returns the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the event loop has its own handler
    lean_imports.begin(lean_imports.LAZY_MODULES)
    for module in ("ssl", "_hashlib"):  # both load OpenSSL: 8 MB
        sys.modules.setdefault(module, None)  # type: ignore[arg-type]
    from storybot.config import handover
    from storybot.errors import StorybotError
    from storybot.home.box import Box
    from storybot.home.page.server import run
    from storybot.home.page.sounds import NO_MAKER

    settings_fd, identity, name, version, folder = sys.argv[1:6]
    settings = handover.taken_over(int(settings_fd))
    try:
        run(settings, Box(identity, name, version), Path(folder), NO_MAKER)
    except StorybotError as error:
        print(f"storybot: {error}", file=sys.stderr)
        return int(error.code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
