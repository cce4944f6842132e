"""The completions and the manual page in the repo know every command and option."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from storybot.cli.parsers import COMMANDS, command_parser

SHELL = Path(__file__).parents[2] / "shell"
MANUAL = SHELL / "storybot.1"


@pytest.mark.parametrize("command", COMMANDS)
def test_they_are_as_new_as_the_commands(command: str) -> None:
    """`make shell-files` makes them anew."""
    options = set(re.findall(r"(--[a-z][a-z-]*)", command_parser(command).format_help()))
    bash = (SHELL / "storybot.bash").read_text("utf-8")
    zsh = (SHELL / "_storybot").read_text("utf-8")
    manual = MANUAL.read_text("utf-8").replace("\\-", "-")
    section = manual.partition(f"storybot {command}\\fR")[2].partition("\n.SS ")[0]
    known = set(re.findall(rf"_shtab_storybot_{command}_option_strings=\((.*)\)", bash)[0].split())
    assert options <= {word.strip("'") for word in known}
    assert f"{command}:" in zsh
    for option in options - {"--help"}:
        assert option in zsh and option in section


def completed(*words: str) -> list[str]:
    line = " ".join(words)
    script = (
        f"source {SHELL / 'storybot.bash'}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
        f'COMP_LINE="{line}"; _shtab_storybot; echo "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_bash_completes() -> None:
    assert completed("storybot", "li") == ["library"]
    assert completed("storybot", "tell", "--si") == ["--silent"]
    assert set(completed("storybot", "library", "")) >= {"list", "show", "tell", "rm"}
    assert set(completed("storybot", "models", "")) >= {"list", "get"}


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_can_be_set() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", MANUAL], capture_output=True, text=True, check=True
    )
    assert done.stderr == "" and "COMMANDS" in re.sub(".\b", "", done.stdout)
