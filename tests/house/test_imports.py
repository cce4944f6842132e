"""What a daemon of either profile does without, from its start on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storybot.measuring.house import FULL, SMALL

PRINT = "\nprint(*sys.modules)"
NOT_IN = {  # what each would take is written where it is imported or put off
    "full": {"argparse", "difflib", "yaml", "datetime"},
    "small": {"argparse", "difflib", "yaml", "datetime", "_ssl"},
}


@pytest.mark.parametrize(("profile", "code"), [("full", FULL), ("small", SMALL)])
def test_what_a_start_does_not_import(profile: str, code: str) -> None:
    assert NOT_IN[profile] & modules(code, "-OO") == set()


def test_a_story_with_the_shipped_settings_reads_no_yaml(tmp_path: Path) -> None:
    """It would come later before the first sound. The wrong option ends the command early."""
    code = "from storybot.cli.main import main\n"
    code += 'assert main(["tell", "--silent", "--seed", "-1", "about", "a", "cat"]) == 2'
    imported = modules(code, XDG_CONFIG_HOME=str(tmp_path))
    assert "storybot.cli.tell" in imported and "yaml" not in imported


def modules(code: str, *options: str, **variables: str) -> set[str]:
    """What a Python that has run `code` has imported, with no settings in its environment.

    Nor is its coverage measured, which would import more.
    """
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("STORYBOT_", "COV"))}
    done = subprocess.run(
        [sys.executable, *options, "-c", f"import sys\n{code}{PRINT}"],
        capture_output=True,
        text=True,
        check=True,
        env=clean | variables,
    )
    return set(done.stdout.split())
