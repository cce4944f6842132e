"""Makes the shells' completions and the manual page from the parsers: `make shell-files`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import shtab

from storybot.cli.parsers import whole_parser

HERE = Path(__file__).parent
COMPLETIONS = {"storybot.bash": "bash", "_storybot": "zsh"}
ABOUT = "tell children stories, offline"


def parser() -> argparse.ArgumentParser:
    """All commands, and behind each option that takes a file the files of the folder."""
    made = whole_parser()
    _complete_files(made)
    return made


def _complete_files(part: argparse.ArgumentParser) -> None:
    for action in part._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _complete_files(command)
        elif action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]


def manual_page() -> str:
    """storybot(1) in troff, by argparse-manpage, of the same parsers."""
    program = Path(sys.executable).with_name("argparse-manpage")
    command = [program, "--module", "storybot.cli.parsers"]
    command += ["--function", "whole_parser", "--project-name", "storybot", "--prog", "storybot"]
    command += ["--manual-section", "1", "--manual-title", "storybot", "--description", ABOUT]
    command += ["--version", metadata.version("storybot"), "--format", "single-commands-section"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def main() -> None:
    for name, shell in COMPLETIONS.items():
        (HERE / name).write_text(shtab.complete(parser(), shell), encoding="utf-8")
    (HERE / "storybot.1").write_text(manual_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
