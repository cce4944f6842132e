"""`python -m storybot` is the command `storybot`."""

import sys

from storybot.cli.main import main

sys.exit(main())
