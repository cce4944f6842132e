"""The home directory of a user without one; imports nothing, see cli/plain.py."""

from __future__ import annotations

import os


def have_home() -> None:
    """Set HOME where neither it nor the list of users names one, as in many containers: "/".

    What is kept there is then lost, which its own sentences say; Path.home() would raise.
    """
    if os.path.expanduser("~") == "~":  # noqa: PTH111
        os.environ["HOME"] = "/"
