"""What a daemon of either profile does without, from its start on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from storybot.measuring.house import FULL, SMALL

PRINT = "\nprint(*sys.modules)"
NOT_IN = {  # what each would take is written where it is imported or put off
    "full": {"argparse", "difflib", "yaml", "datetime"},
    "small": {"argparse", "difflib", "yaml", "datetime", "_ssl"},
}


@pytest.mark.parametrize(("profile", "code"), [("full", FULL), ("small", SMALL)])
def test_what_a_start_does_not_import(profile: str, code: str) -> None:
    command = [sys.executable, "-OO", "-c", "import sys\n" + code + PRINT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert NOT_IN[profile] & set(done.stdout.split()) == set()
