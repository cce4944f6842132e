"""`python -m storybot` is the command `storybot`."""

import os
import sys

if not sys.flags.safe_path and sys.path[0] == os.getcwd():  # noqa: PTH109 (no imports before this)
    sys.path.append(sys.path.pop(0))  # a json.py in the folder somebody works in is not ours

from storybot.cli.main import main

sys.exit(main())
